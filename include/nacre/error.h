/// Error: the error shape of the public API. `code` is stable and meant for
/// programs, `message` is one line for people, `hint` says what to do, `detail` is what a
/// command printed that was to blame.
#pragma once
#include <optional>
#include <string>
#include <utility>

namespace nacre {

struct Error {
  std::string code;     ///< e.g. "mount.not_found"
  std::string message;  ///< one line, no trailing newline
  std::string hint;     ///< may be empty
  std::string detail;   ///< bytes, any number of lines; mostly empty
};

/// A value or an Error.
template <class T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : value_(std::move(value)) {}   // NOLINT implicit by design
  Expected(Error error) : error_(std::move(error)) {}  // NOLINT implicit by design
  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const Error& error() const { return error_; }

 private:
  std::optional<T> value_;
  Error error_;
};

}  // namespace nacre
