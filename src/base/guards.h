/// Guards: what must be put back however a piece of code is left.
#pragma once
#include <utility>

namespace nacre {

/// ++counter while alive.
class Raised {
 public:
  explicit Raised(int& counter) : counter_(counter) { counter_++; }
  ~Raised() { counter_--; }
  Raised(const Raised&) = delete;

 private:
  int& counter_;
};

/// Puts a value back.
template <class T>
class Restore {
 public:
  Restore(T& place, T value) : place_(place), value_(std::move(value)) {}
  ~Restore() { place_ = std::move(value_); }
  Restore(const Restore&) = delete;

 private:
  T& place_;
  T value_;
};

}  // namespace nacre
