/// value_pages: memory for values that are read together and stay together, as the texts of
/// --slurp do: blocks are cut from pages one after the other, and a page is given back when the
/// last block on it is. To free a block is to count it.
///
/// A block says how far it is from the beginning of its page (Heap::page); 0 is a block of its
/// own. Blocks outlive the ValuePages they came from. One surviving block keeps its page, so
/// this is not for values of which some go soon and others stay.
///
/// Threads: as the values, one sandbox's.
#pragma once
#include <cstddef>
#include <cstdint>
#include <new>

#include "commands/jq/value.h"

namespace nacre::jq {

class ValuePages {
 public:
  ValuePages() = default;
  ValuePages(const ValuePages&) = delete;
  ValuePages& operator=(const ValuePages&) = delete;
  ~ValuePages() {
    if (page_) release(page_);
  }

  /// `size` bytes of which the first are a Heap; its `page` is set.
  void* take(size_t size) {
    size = (size + 7) & ~size_t{7};
    if (size > kLargest) return alone(size);
    if (size > kPage - used_) grow();
    char* at = reinterpret_cast<char*>(page_) + used_;
    reinterpret_cast<Heap*>(at)->page = static_cast<uint32_t>(used_);
    used_ += size;
    page_->blocks++;
    return at;
  }

  /// Gives a block back, wherever it came from.
  static void give_back(Heap* block) {
    if (block->page == 0) ::operator delete(block);
    else release(reinterpret_cast<Page*>(reinterpret_cast<char*>(block) - block->page));
  }

  static void* alone(size_t size) {
    void* p = ::operator new(size);
    static_cast<Heap*>(p)->page = 0;
    return p;
  }

 private:
  struct Page {
    uint64_t blocks;   // that are in use, and one for the ValuePages while it cuts more from it
  };
  static constexpr size_t kPage = (64 << 10) - 64, kLargest = 2048;

  static void release(Page* page) {
    if (--page->blocks == 0) ::operator delete(page);
  }
  void grow() {
    void* next = ::operator new(kPage);
    if (page_) release(page_);
    page_ = new (next) Page{1};
    used_ = sizeof(Page);
  }

  Page* page_ = nullptr;
  size_t used_ = kPage;
};

}  // namespace nacre::jq
