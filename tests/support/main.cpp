// The entry of every test program; suites register themselves.
#define BOOST_TEST_MODULE muster
#include <boost/test/unit_test.hpp>
