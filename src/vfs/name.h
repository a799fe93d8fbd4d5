/// Name: a file name of 1 to 255 bytes in 24 bytes. Up to 23 live inside; a
/// longer one is a shared, immutable block, so that copying a directory node
/// never copies text. Moving its bytes elsewhere moves it (PersistMap does).
///
/// Threads: a Name is its owner's; the block behind long ones may be shared
/// between threads.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "base/ref.h"

namespace nacre {

class Name {
 public:
  Name() { std::memset(bytes_, 0, sizeof bytes_); }
  explicit Name(std::string_view s) {
    if (s.size() <= kInline) {
      std::memset(bytes_, 0, sizeof bytes_);
      if (!s.empty()) std::memcpy(bytes_, s.data(), s.size());
      tag() = static_cast<uint8_t>(s.size());
      return;
    }
    void* memory = std::malloc(sizeof(Block) + s.size());
    if (!memory) throw std::bad_alloc();
    auto* b = new (memory) Block;
    b->length = static_cast<uint32_t>(s.size());
    b->ref();
    std::memcpy(b->text(), s.data(), s.size());
    std::memcpy(bytes_, &b, sizeof b);
    tag() = kHeap;
  }
  Name(const Name& o) {
    std::memcpy(bytes_, o.bytes_, sizeof bytes_);
    if (heap()) block()->ref();
  }
  Name(Name&& o) noexcept {
    std::memcpy(bytes_, o.bytes_, sizeof bytes_);
    o.tag() = 0;
  }
  Name& operator=(Name o) noexcept {
    std::swap(bytes_, o.bytes_);
    return *this;
  }
  ~Name() {
    if (!heap()) return;
    Block* b = block();
    if (!b->unref()) return;
    b->~Block();
    std::free(b);
  }

  std::string_view view() const {
    if (!heap()) return {bytes_, tag()};
    return {block()->text(), block()->length};
  }
  bool empty() const { return tag() == 0; }
  bool operator==(std::string_view s) const { return view() == s; }

 private:
  static constexpr size_t kInline = 23;
  static constexpr uint8_t kHeap = 255;
  struct Block : RefCounted {
    uint32_t length = 0;
    char* text() { return reinterpret_cast<char*>(this + 1); }
  };

  uint8_t& tag() { return reinterpret_cast<uint8_t&>(bytes_[kInline]); }
  uint8_t tag() const { return static_cast<uint8_t>(bytes_[kInline]); }
  bool heap() const { return tag() == kHeap; }
  Block* block() const {
    Block* b;
    std::memcpy(&b, bytes_, sizeof b);
    return b;
  }

  alignas(8) char bytes_[kInline + 1];
};

}  // namespace nacre
