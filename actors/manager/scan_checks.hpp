// Which values may get into a scan job. Sensors paste them into command lines of a shell
// without quotes, so whatever passes here must mean nothing to one.
#pragma once

#include "messages/scans.hpp"

namespace muster {

// Each says what is wrong in a few words, to follow the name of the field; empty if all is well.

// A reference of an image: 1 to 512 of A-Z a-z 0-9 . _ / : @ - with a letter or digit first and no "..".
std::string image_problem(std::string_view image);

// A path on the sensor's host: 1 to 512 of A-Z a-z 0-9 . _ / - with a letter, a digit or '/' first and no
// "..". Neither ':' nor '@', which divide what scanners are told to read.
std::string tar_path_problem(std::string_view path);

// Names out of trivy, grype, syft, dockle, dive and osv, each once; none for all that the sensor has.
std::string scanners_problem(const std::vector<std::string>& scanners);

struct scan_problem {
  std::string field;  // as in the sensor's dialect: "imageRef", "tarPath", "scanners", "priority"
  std::string what;
};

// All that an operator or a schedule gives: priority -100 to 100, a tar path for a tar and for nothing else.
std::optional<scan_problem> check_scan(const scan_job& job);

// What a sensor calls itself by: 1 to 64 letters, digits, '_' and '-'.
bool is_sensor_id(const std::string& text);
// 1 to 128 of these and '.', but neither "." nor "..".
bool is_registry_name(const std::string& text);

}  // namespace muster
