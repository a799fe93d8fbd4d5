/// Ref<T>: an intrusive, thread-safe reference count. Nodes of persistent
/// structures are shared between snapshots that may live on other threads, so
/// the count is atomic; `unique()` is what makes mutation in place legal.
/// While the process has one thread, counting costs what an integer costs, as
/// libstdc++'s own shared_ptr does it.
#pragma once
#include <atomic>
#include <cstdint>
#include <utility>
#if defined(__GLIBCXX__)
#include <ext/atomicity.h>
#endif

namespace nacre {

inline bool single_threaded() {
#if defined(__GLIBCXX__)
  return __gnu_cxx::__is_single_threaded();
#else
  return false;
#endif
}

class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) : refs_(0) {}
  RefCounted& operator=(const RefCounted&) { return *this; }
  void ref() const {
    if (single_threaded()) refs_.store(refs_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    else refs_.fetch_add(1, std::memory_order_relaxed);
  }
  /// True when the last reference went.
  bool unref() const {
    if (!single_threaded()) return refs_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    const uint32_t left = refs_.load(std::memory_order_relaxed) - 1;
    refs_.store(left, std::memory_order_relaxed);
    return left == 0;
  }
  bool unique() const { return refs_.load(std::memory_order_acquire) == 1; }
  uint32_t use_count() const { return refs_.load(std::memory_order_acquire); }

 private:
  mutable std::atomic<uint32_t> refs_{0};
};

template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}                                 // NOLINT
  explicit Ref(T* p) : p_(p) {
    if (p_) p_->ref();
  }
  Ref(const Ref& o) : p_(o.p_) {
    if (p_) p_->ref();
  }
  Ref(Ref&& o) noexcept : p_(std::exchange(o.p_, nullptr)) {}
  template <class U>
  Ref(const Ref<U>& o) : p_(o.get()) {
    if (p_) p_->ref();
  }  // NOLINT
  Ref& operator=(Ref o) noexcept {
    std::swap(p_, o.p_);
    return *this;
  }
  ~Ref() {
    if (p_ && p_->unref()) delete p_;
  }

  T* get() const { return p_; }
  T* operator->() const { return p_; }
  T& operator*() const { return *p_; }
  explicit operator bool() const { return p_ != nullptr; }
  bool operator==(const Ref& o) const { return p_ == o.p_; }
  void reset() { *this = Ref(); }

 private:
  T* p_ = nullptr;
};

template <class T, class... A>
Ref<T> make_ref(A&&... a) {
  return Ref<T>(new T(std::forward<A>(a)...));
}

}  // namespace nacre
