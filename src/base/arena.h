/// Arena: bump allocation for trees that die together (AST, Program). Nodes
/// must be trivially destructible: freeing a deeply nested tree then needs no
/// recursion, so no input can overflow the stack on the way out.
/// One owner, one thread while it grows; read-only and shareable afterwards.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace nacre {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(size_t size, size_t align) {
    size_t at = (used_ + align - 1) & ~(align - 1);
    if (at + size > capacity_) {
      grow(size + align);
      at = 0;
    }
    used_ = at + size;
    total_ += size;
    return block_ + at;
  }

  template <class T, class... A>
  T* make(A&&... a) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<A>(a)...};
  }

  std::string_view copy(std::string_view s) {
    if (s.empty()) return {};
    char* p = static_cast<char*>(allocate(s.size(), 1));
    std::memcpy(p, s.data(), s.size());
    return {p, s.size()};
  }

  template <class T>
  std::span<T> copy(const std::vector<T>& v) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (v.empty()) return {};
    T* p = static_cast<T*>(allocate(sizeof(T) * v.size(), alignof(T)));
    std::memcpy(static_cast<void*>(p), v.data(), sizeof(T) * v.size());
    return {p, v.size()};
  }

  /// Bytes handed out so far.
  size_t bytes() const { return total_; }

 private:
  void grow(size_t at_least) {
    size_t size = blocks_.empty() ? 1024 : std::min<size_t>(capacity_ * 2, 64 * 1024);   // below what malloc would map and give back each time
    if (size < at_least) size = at_least;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    block_ = blocks_.back().get();
    capacity_ = size;
    used_ = 0;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* block_ = nullptr;
  size_t capacity_ = 0;
  size_t used_ = 0;
  size_t total_ = 0;
};

}  // namespace nacre
