/// Result<T>: a value or an Errno. The one error shape of vfs, kernel and
/// commands (style.md, "Errors: three shapes"). Never thrown, never ignored.
#pragma once
#include <optional>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/errno.h"

namespace nacre {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)), error_(Errno::OK) {}  // NOLINT implicit by design
  Result(Errno e) : error_(e) { NACRE_CHECK(e != Errno::OK); }      // NOLINT implicit by design

  explicit operator bool() const { return error_ == Errno::OK; }
  bool ok() const { return error_ == Errno::OK; }
  /// OK when there is a value.
  Errno error() const { return error_; }

  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T operator*() && { return std::move(*value_); }   // by value: `for (x : *call())` must not dangle
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  T value_or(T other) const { return ok() ? *value_ : std::move(other); }

 private:
  std::optional<T> value_;
  Errno error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Errno e) : error_(e) {}  // NOLINT implicit by design; OK is success
  explicit operator bool() const { return error_ == Errno::OK; }
  bool ok() const { return error_ == Errno::OK; }
  Errno error() const { return error_; }

 private:
  Errno error_ = Errno::OK;
};

// NACRE_TRY(var, expr): declares var from a Result, or returns its error.
#define NACRE_CONCAT_(a, b) a##b
#define NACRE_CONCAT(a, b) NACRE_CONCAT_(a, b)
#define NACRE_TRY_(tmp, var, expr) \
  auto tmp = (expr);               \
  if (!tmp) return tmp.error();    \
  var = std::move(*tmp)
#define NACRE_TRY(var, expr) NACRE_TRY_(NACRE_CONCAT(try_, __LINE__), var, expr)
// NACRE_CHECKED(expr): runs expr for its effect, or returns its error.
#define NACRE_CHECKED(expr)                                         \
  do {                                                              \
    if (auto checked_ = (expr); !checked_) return checked_.error(); \
  } while (0)

}  // namespace nacre
