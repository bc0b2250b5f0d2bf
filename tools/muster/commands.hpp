// The commands: each asks the operator API and tells the console. Failures are thrown.
#pragma once

#include <string>
#include <string_view>

#include "tools/muster/command_line.hpp"
#include "tools/muster/console.hpp"
#include "tools/muster/operator_api.hpp"
#include "tools/muster/views.hpp"

namespace muster::cli {

// Runs what the line says. Whoever calls tells failures with report().
void run(const command_line& line, const operator_api& api, const console& on);

// Prints the failure to `err`, as one line of words or one of JSON, and returns its exit code.
int report(const failure& what, bool json, std::ostream& err);

void list(const command_line& line, const operator_api& api, const console& on);
void show_agent(const command_line& line, const operator_api& api, const console& on);
void remove_agent(const command_line& line, const operator_api& api, const console& on);
void label_agent(const command_line& line, const operator_api& api, const console& on);

// The id of the one agent the line names; throws not_found where there is none or several.
std::string named_agent(const command_line& line, const operator_api& api);

// `--since` as the API takes it: a time stays, a span such as "1h" counts back from `now`.
std::string since_time(std::string_view text, utc_time now);

view_style style_of(const console& on);

}  // namespace muster::cli
