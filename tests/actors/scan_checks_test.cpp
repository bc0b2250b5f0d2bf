// What may get into the shell of a sensor.
#include "actors/manager/scan_checks.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

scan_job job_of(const std::string& image) {
  scan_job out;
  out.image = image;
  return out;
}

std::string problem(const scan_job& job) {
  const auto found = check_scan(job);
  return found ? found->field + " " + found->what : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scan_checks)

BOOST_AUTO_TEST_CASE(references_of_images_pass) {
  for (const auto* image :
       {"nginx", "reg.example:5000/team/app:1.4", "ghcr.io/a/b@sha256:00ff", "A_b-c", "0"})
    BOOST_TEST(image_problem(image) == "", image);
  BOOST_TEST(image_problem(std::string(512, 'a')) == "");
}

BOOST_AUTO_TEST_CASE(what_a_shell_would_read_is_no_image) {
  for (const char c : std::string{" \t\n\r;&|$`\"'\\<>(){}[]*?!#~^=+%,"}) {
    BOOST_TEST(!image_problem(std::string{"nginx"} + c).empty(), "byte " << int{c});
    BOOST_TEST(!image_problem(std::string{"nginx"} + c + "id").empty(), "byte " << int{c});
  }
  BOOST_TEST(image_problem("nginx;id") == "has ';' at position 6");
  BOOST_TEST(image_problem("nginx\nid") == "has the byte 0x0a at position 6");
  BOOST_TEST(image_problem("nginx\xC3\xA9") == "has the byte 0xc3 at position 6");
  BOOST_TEST(image_problem(std::string{"a\0b", 3}) == "has the byte 0x00 at position 2");
}

BOOST_AUTO_TEST_CASE(images_start_with_a_letter_or_digit) {
  for (const auto* image : {"-v", "--help", "/etc", ".a", "_a", ":a", "@a"})
    BOOST_TEST(image_problem(image) == std::string{"starts with '"} + image[0] + "'");
}

BOOST_AUTO_TEST_CASE(images_have_bounds_and_lead_nowhere_else) {
  BOOST_TEST(image_problem("") == "is empty");
  BOOST_TEST(image_problem(std::string(513, 'a')) == "has 513 bytes, more than 512");
  BOOST_TEST(image_problem("a/../b") == "has '..' in it");
  BOOST_TEST(image_problem("a..b") == "has '..' in it");
}

BOOST_AUTO_TEST_CASE(tar_paths_may_be_absolute) {
  for (const auto* path : {"/workspace/image.tar", "images/a-1.tar", "a"})
    BOOST_TEST(tar_path_problem(path) == "", path);
  for (const auto* path : {"", "-rf", "./a", "/a/../b", "/a b", "/a:b", "/a@b", "/a;id", "/$HOME", "a\n"})
    BOOST_TEST(tar_path_problem(path) != "", path);
}

BOOST_AUTO_TEST_CASE(scanners_are_known_and_named_once) {
  BOOST_TEST(scanners_problem({}) == "");
  BOOST_TEST(scanners_problem({"trivy", "grype", "syft", "dockle", "dive", "osv"}) == "");
  BOOST_TEST(scanners_problem({"trivy", "nmap;id"})
             == "item 2 is none of trivy, grype, syft, dockle, dive, osv");
  BOOST_TEST(scanners_problem({"Trivy"}) != "");
  BOOST_TEST(scanners_problem({"osv", "syft", "osv"}) == "has osv twice");
}

BOOST_AUTO_TEST_CASE(a_problem_names_its_field) {
  BOOST_TEST(problem(job_of("nginx")) == "");
  BOOST_TEST(problem(job_of("a b")) == "imageRef has the byte 0x20 at position 2");
  auto job = job_of("nginx");
  job.tar_path = "/a.tar";
  BOOST_TEST(problem(job) == "tarPath is for the source 'tar' alone");
  job.source = scan_source::tar;
  BOOST_TEST(problem(job) == "");
  job.tar_path.clear();
  BOOST_TEST(problem(job) == "tarPath is empty");
  job = job_of("nginx");
  job.scanners = {"x"};
  BOOST_TEST(problem(job).starts_with("scanners item 1"));
  job = job_of("nginx");
  for (const int priority : {-100, 100}) {
    job.priority = priority;
    BOOST_TEST(problem(job) == "");
  }
  for (const int priority : {-101, 101}) {
    job.priority = priority;
    BOOST_TEST(problem(job) == "priority is not within -100 to 100");
  }
}

BOOST_AUTO_TEST_CASE(ids_read_what_they_write) {
  BOOST_TEST(to_string(scan_id{7}) == "job-7");
  BOOST_TEST((parse_scan_id("job-7") == scan_id{7}));
  BOOST_TEST((parse_scan_id("job-18446744073709551615") == scan_id{UINT64_MAX}));
  BOOST_TEST((parse_registry_id("reg-12") == registry_id{12}));
  for (const auto* text : {"", "job-", "job-0", "job-07", "job-+7", "job--7", "job-7 ", "job-7/..", "reg-7",
                           "job-18446744073709551616"})
    BOOST_TEST(!parse_scan_id(text), text);
}

BOOST_AUTO_TEST_CASE(names_read_what_they_write) {
  for (size_t i = 0; i < scan_status_count; ++i) {
    const auto status = static_cast<scan_status>(i);
    BOOST_TEST((parse_scan_status(to_string(status)) == status));
  }
  for (const auto source : {scan_source::docker, scan_source::registry, scan_source::tar})
    BOOST_TEST((parse_scan_source(to_string(source)) == source));
  for (const auto outcome : {scan_outcome::success, scan_outcome::partial, scan_outcome::failed})
    BOOST_TEST((parse_scan_outcome(to_string(outcome)) == outcome));
  BOOST_TEST(!parse_scan_outcome("success"));
  BOOST_TEST(!parse_scan_status("running"));
}

BOOST_AUTO_TEST_SUITE_END()
