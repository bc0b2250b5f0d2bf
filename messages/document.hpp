// A large immutable value that travels as a pointer within the process and as
// the value itself when a message leaves it.
#pragma once

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>

#include <memory>
#include <utility>

namespace muster {

template <class T>
class document {
 public:
  document() = default;
  explicit document(T value) : value_(std::make_shared<const T>(std::move(value))) {}
  explicit document(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  explicit operator bool() const { return value_ != nullptr; }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  const T* get() const { return value_.get(); }
  const std::shared_ptr<const T>& shared() const { return value_; }

  friend bool operator==(const document& a, const document& b) {
    return a.value_ == b.value_ || (a.value_ && b.value_ && *a.value_ == *b.value_);
  }

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, document& x) {
    auto copy = x.value_ ? *x.value_ : T{};
    auto load = [&]() -> caf::error {
      x.value_ = std::make_shared<const T>(std::move(copy));
      return {};
    };
    return f(caf::meta::type_name("document"), copy, caf::meta::load_callback(load));
  }

 private:
  std::shared_ptr<const T> value_;
};

}  // namespace muster
