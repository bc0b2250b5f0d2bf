// What readers of wire formats give back.
#pragma once

#include "runtime/json/document.hpp"

#include <optional>
#include <string>
#include <utility>

namespace muster {

// What was read, or what is wrong with it and where.
template <class T>
struct reading {
  std::optional<T> value;
  std::string problem;
};

template <class T>
reading<T> outcome(const json::object_reader& from, T value) {
  if (from.failed()) return {std::nullopt, from.problem()};
  return {std::move(value), {}};
}

}  // namespace muster
