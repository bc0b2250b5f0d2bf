// Finds what a mistyped word was meant to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

// The closest of `known` by edit distance, if it is close: at most a third of the word may differ.
std::optional<std::string> closest_word(std::string_view word, const std::vector<std::string>& known);

}  // namespace muster
