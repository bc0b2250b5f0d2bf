// Inflating gzip bodies as they arrive, within limits.
#include "runtime/http/inflater.hpp"

#include "tests/runtime/gzip.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace muster::http;
using muster::test::gzip;
using muster::test::random_text;

namespace {

struct outcome {
  inflate_verdict verdict = inflate_verdict::more;
  std::string text;
};

// Feeds `compressed` in pieces of the given size; ends at the first failure.
outcome inflate(std::string_view compressed, size_t piece, inflate_limits limits = {}) {
  inflater subject{limits};
  outcome out;
  while (!compressed.empty()) {
    out.verdict = subject.feed(compressed.substr(0, piece), out.text);
    if (out.verdict != inflate_verdict::more && out.verdict != inflate_verdict::done) break;
    compressed.remove_prefix(std::min(piece, compressed.size()));
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(inflater_suite)

BOOST_AUTO_TEST_CASE(a_body_is_the_same_however_it_is_cut) {
  const auto text = random_text(100'000);
  const auto packed = gzip(text);
  for (size_t piece : {size_t{1}, size_t{2}, size_t{7}, size_t{1000}, size_t{16'384}, packed.size()}) {
    const auto out = inflate(packed, piece);
    BOOST_TEST((out.verdict == inflate_verdict::done));
    BOOST_TEST((out.text == text));
  }
}

BOOST_AUTO_TEST_CASE(sizes_around_a_step_come_out_whole) {
  for (size_t size : {0, 1, 16'383, 16'384, 16'385, 32'768, 65'536}) {
    const auto text = random_text(size);
    const auto out = inflate(gzip(text), 1'000'000);
    BOOST_TEST((out.verdict == inflate_verdict::done));
    BOOST_TEST((out.text == text));
  }
}

BOOST_AUTO_TEST_CASE(what_is_there_already_is_kept) {
  inflater subject{{}};
  std::string out = "before ";
  BOOST_TEST((subject.feed(gzip("after"), out) == inflate_verdict::done));
  BOOST_TEST(out == "before after");
}

BOOST_AUTO_TEST_CASE(an_empty_piece_changes_nothing) {
  inflater subject{{}};
  std::string out;
  BOOST_TEST((subject.feed("", out) == inflate_verdict::more));
  BOOST_TEST((subject.feed(gzip("text"), out) == inflate_verdict::done));
  BOOST_TEST((subject.feed("", out) == inflate_verdict::done));
  BOOST_TEST(out == "text");
}

BOOST_AUTO_TEST_CASE(several_members_are_one_body_wherever_they_are_cut) {
  const auto packed = gzip("first ") + gzip("") + gzip("second");
  for (size_t piece = 1; piece <= packed.size(); ++piece) {
    const auto out = inflate(packed, piece);
    BOOST_TEST((out.verdict == inflate_verdict::done));
    BOOST_TEST(out.text == "first second");
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_ends_too_early_is_never_done) {
  const auto packed = gzip("a body of some length, a body of some length");
  for (size_t cut = 0; cut < packed.size(); ++cut)
    BOOST_TEST((inflate(packed.substr(0, cut), 5).verdict == inflate_verdict::more), "cut at " << cut);
}

BOOST_AUTO_TEST_CASE(what_is_not_gzip_is_corrupt) {
  BOOST_TEST((inflate("{\"a\":1} and more", 4).verdict == inflate_verdict::corrupt));
  BOOST_TEST((inflate(gzip("text") + "trailing", 100).verdict == inflate_verdict::corrupt));
  auto damaged = gzip(random_text(1000));
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // in the checksum
  BOOST_TEST((inflate(damaged, 100).verdict == inflate_verdict::corrupt));
}

BOOST_AUTO_TEST_CASE(zlib_and_raw_deflate_are_not_taken) {
  BOOST_TEST((inflate(gzip("text", 15), 100).verdict == inflate_verdict::corrupt));
  BOOST_TEST((inflate(gzip("text", -15), 100).verdict == inflate_verdict::corrupt));
}

BOOST_AUTO_TEST_CASE(a_body_may_be_as_large_as_the_limit) {
  const auto text = random_text(50'000);
  BOOST_TEST((inflate(gzip(text), 100, {50'000, 100}).verdict == inflate_verdict::done));
  BOOST_TEST((inflate(gzip(text + "x"), 100, {50'000, 100}).verdict == inflate_verdict::too_large));
}

BOOST_AUTO_TEST_CASE(a_bomb_is_found_before_it_has_grown) {
  const auto bomb = gzip(std::string(100u << 20, '0'));
  const auto dense = inflate(bomb, bomb.size(), {1u << 30, 100});
  BOOST_TEST((dense.verdict == inflate_verdict::too_dense));
  BOOST_TEST(dense.text.size() <= bomb.size() * 101 + 16'384);
  const auto large = inflate(bomb, bomb.size(), {1u << 20, 1'000'000});
  BOOST_TEST((large.verdict == inflate_verdict::too_large));
  BOOST_TEST(large.text.size() <= (1u << 20) + 16'384);
}

BOOST_AUTO_TEST_CASE(a_bomb_of_many_members_is_found_too) {
  std::string bombs;
  for (int i = 0; i < 100; ++i) bombs += gzip(std::string(1u << 20, '0'));
  BOOST_TEST((inflate(bombs, 512, {1u << 30, 100}).verdict == inflate_verdict::too_dense));
  BOOST_TEST((inflate(bombs, 512, {1u << 21, 1'000'000}).verdict == inflate_verdict::too_large));
}

BOOST_AUTO_TEST_CASE(a_small_body_may_be_as_dense_as_it_likes) {
  BOOST_TEST((inflate(gzip(std::string(ratio_floor, '0')), 1000).verdict == inflate_verdict::done));
}

BOOST_AUTO_TEST_SUITE_END()
