/// PersistMap: the one persistent container of the file system. The inode table
/// (node id -> inode), directories (name -> node) and file extents (chunk index
/// -> chunk) are all PersistMaps.
///
/// A 64-way trie over a 64-bit path made from the key: a hash for names, the
/// number itself for integers. A slot of a node is empty, an entry, or a child;
/// entries sit as high as they can, so a small map is one block of memory.
/// Copying a map is one reference count. A change happens in place where no
/// other map shares the node, and copies the nodes on its path where one does.
///
/// Integer maps (Traits::kHashed false) start with one level and grow upwards,
/// so that dense numbers stay dense and neighbours share a node.
///
/// Iteration goes by path: numeric for integers, by hash for names; it depends on the
/// keys alone, not on history. Entries are moved by copying their bytes.
///
/// Threads: a map is its owner's; nodes shared with maps on other threads are
/// never written. Source: Steindorfer and Vinju, "Optimizing Hash-Array Mapped
/// Tries for Fast and Lean Immutable JVM Collections" (2015).
///
/// Traits: Entry, Key; bool kHashed; path(Key) -> uint64_t; key(Entry) -> Key;
/// equal(Entry, Entry) (same value: diff passes over the pair).
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/ref.h"

namespace nacre {

template <class Traits>
class PersistMap {
 public:
  using Entry = typename Traits::Entry;
  using Key = typename Traits::Key;
  static_assert(sizeof(Entry) >= sizeof(void*) && sizeof(Entry) % alignof(void*) == 0 && alignof(Entry) <= 8);

  PersistMap() = default;
  PersistMap(const PersistMap& o) : root_(o.root_), count_(o.count_), shift_(o.shift_) {
    if (root_) root_->ref();
  }
  PersistMap(PersistMap&& o) noexcept : root_(std::exchange(o.root_, nullptr)), count_(std::exchange(o.count_, 0)), shift_(std::exchange(o.shift_, kTop)) {}
  PersistMap& operator=(PersistMap o) noexcept {
    std::swap(root_, o.root_);
    std::swap(count_, o.count_);
    std::swap(shift_, o.shift_);
    return *this;
  }
  ~PersistMap() { release(root_, shift_); }

  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// Same root: surely equal.
  bool same(const PersistMap& o) const { return root_ == o.root_; }
  void clear() { *this = PersistMap(); }

  /// Null when absent. Valid until the map changes.
  const Entry* find(Key key) const {
    const uint64_t path = Traits::path(key);
    if (beyond(path)) return nullptr;
    const Node* n = root_;
    for (int shift = shift_; n; shift -= kBits) {
      if (shift < 0) return n->find_in_list(key);
      const uint64_t bit = slot_bit(path, shift);
      if (n->entries & bit) {
        const Entry& e = n->entry(rank(n->entries, bit));
        return Traits::key(e) == key ? &e : nullptr;
      }
      if (!(n->children & bit)) return nullptr;
      n = n->child(rank(n->children, bit));
    }
    return nullptr;
  }

  /// The entry, to be written through: nodes on the way are this map's alone afterwards.
  Entry* find_mutable(Key key) {
    if (!find(key)) return nullptr;
    const uint64_t path = Traits::path(key);
    Node** at = &root_;
    for (int shift = shift_;; shift -= kBits) {
      Node* n = own(at, shift);
      if (shift < 0) return const_cast<Entry*>(n->find_in_list(key));
      const uint64_t bit = slot_bit(path, shift);
      if (n->entries & bit) return &n->entry(rank(n->entries, bit));
      at = &n->child(rank(n->children, bit));
    }
  }

  /// Adds, or replaces the entry of the same key.
  Entry& put(Entry entry) {
    const Key key = Traits::key(entry);
    const uint64_t path = Traits::path(key);
    while (beyond(path)) grow();
    Node** at = &root_;
    for (int shift = shift_;; shift -= kBits) {
      if (!*at) *at = make(kFirstBytes);
      Node* n = own(at, shift);
      if (shift < 0) return put_in_list(at, std::move(entry), key);
      const uint64_t bit = slot_bit(path, shift);
      if (n->children & bit) {
        at = &n->child(rank(n->children, bit));
        continue;
      }
      if (!(n->entries & bit)) {
        ++count_;
        return insert_entry(at, bit, std::move(entry));
      }
      Entry& old = n->entry(rank(n->entries, bit));
      if (Traits::key(old) == key) {
        old = std::move(entry);
        return old;
      }
      at = push_down(n, bit, shift);
    }
  }

  /// False when absent.
  bool erase(Key key) {
    if (!find(key)) return false;
    const uint64_t path = Traits::path(key);
    Node** way[kMaxLevels];
    int level = 0;
    int shift = shift_;
    way[0] = &root_;
    for (;;) {
      Node* n = own(way[level], shift);
      if (shift < 0) {
        remove_from_list(n, key);
        break;
      }
      const uint64_t bit = slot_bit(path, shift);
      if (n->entries & bit) {
        drop_entry(n, bit);
        break;
      }
      Node** next = &n->child(rank(n->children, bit));
      shift -= kBits;
      way[++level] = next;
    }
    --count_;
    tidy(way, level, shift, path);
    return true;
  }

  /// f(const Entry&) in path order.
  template <class F>
  void for_each(F&& f) const {
    each(Slot{nullptr, root_}, shift_, f);
  }

  /// f(const Entry* before, const Entry* after) for each key whose entry differs;
  /// null: absent there. Skips what the maps share.
  template <class F>
  static void diff(const PersistMap& before, const PersistMap& after, F&& f) {
    Slot a{nullptr, before.root_}, b{nullptr, after.root_};
    auto gone = [&](const Entry& e) { f(&e, static_cast<const Entry*>(nullptr)); };
    auto came = [&](const Entry& e) { f(static_cast<const Entry*>(nullptr), &e); };
    int sa = before.shift_, sb = after.shift_;
    while (sa > sb) a = peel(a, sa, gone);
    while (sb > sa) b = peel(b, sb, came);
    diff_slot(a, b, sa, f, gone, came);
  }

  /// Bytes of all nodes of this map, shared or not. O(size): for tests.
  size_t node_bytes() const { return bytes_below(root_, shift_); }

 private:
  static constexpr int kBits = 6, kMaxLevels = 13;
  static constexpr int kTop = Traits::kHashed ? 58 : 0;
  static constexpr size_t kFirstBytes = sizeof(Entry) > 32 ? sizeof(Entry) : 32;

  // Entries fill the storage behind the header from the front, child pointers from the
  // back. At the level below the last bit of the path (shift < 0; hashes that agree in
  // 60 bits) a node is a list: `entries` is then their number.
  struct Node : RefCounted {
    uint32_t capacity;  // bytes of storage
    uint64_t entries = 0, children = 0;

    char* storage() { return reinterpret_cast<char*>(this + 1); }
    const char* storage() const { return reinterpret_cast<const char*>(this + 1); }
    Entry& entry(size_t i) { return reinterpret_cast<Entry*>(storage())[i]; }
    const Entry& entry(size_t i) const { return reinterpret_cast<const Entry*>(storage())[i]; }
    Node*& child(size_t i) { return reinterpret_cast<Node**>(storage() + capacity)[-1 - static_cast<ptrdiff_t>(i)]; }
    Node* child(size_t i) const { return reinterpret_cast<Node* const*>(storage() + capacity)[-1 - static_cast<ptrdiff_t>(i)]; }
    size_t child_count() const { return count(children); }
    const Entry* find_in_list(Key key) const {
      for (size_t i = 0; i < entries; ++i)
        if (Traits::key(entry(i)) == key) return &entry(i);
      return nullptr;
    }
  };
  static_assert(sizeof(Node) == 24);

  struct Slot {
    const Entry* entry;
    const Node* node;
  };

  // The baseline x86-64 has no population count instruction, and a library call is slower.
  static size_t count(uint64_t x) {
    x -= (x >> 1) & 0x5555555555555555ull;
    x = (x & 0x3333333333333333ull) + ((x >> 2) & 0x3333333333333333ull);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0full;
    return (x * 0x0101010101010101ull) >> 56;
  }
  static size_t rank(uint64_t map, uint64_t bit) { return count(map & (bit - 1)); }
  static uint64_t slot_bit(uint64_t path, int shift) { return 1ull << ((path >> shift) & 63); }
  static size_t entry_count(const Node* n, int shift) { return shift < 0 ? n->entries : count(n->entries); }

  bool beyond(uint64_t path) const {
    if constexpr (Traits::kHashed) return false;
    return shift_ + kBits < 64 && (path >> (shift_ + kBits)) != 0;
  }

  static Node* make(size_t bytes) {
    void* p = std::malloc(sizeof(Node) + bytes);
    if (!p) throw std::bad_alloc();
    auto* n = new (p) Node;
    n->capacity = static_cast<uint32_t>(bytes);
    n->ref();
    return n;
  }

  static void release(Node* n, int shift) {
    if (!n || !n->unref()) return;
    size_t entries = entry_count(n, shift), children = n->child_count();
    for (size_t i = 0; i < entries; ++i) n->entry(i).~Entry();
    for (size_t i = 0; i < children; ++i) release(n->child(i), shift - kBits);
    n->~Node();
    std::free(n);
  }

  static Node* own(Node** at, int shift) {
    Node* n = *at;
    if (n->unique()) return n;
    size_t entries = entry_count(n, shift), children = n->child_count();
    Node* copy = make(entries * sizeof(Entry) + children * sizeof(Node*) + sizeof(Entry));
    copy->entries = n->entries;
    copy->children = n->children;
    for (size_t i = 0; i < entries; ++i) new (&copy->entry(i)) Entry(n->entry(i));
    for (size_t i = 0; i < children; ++i) (copy->child(i) = n->child(i))->ref();
    release(n, shift);
    return *at = copy;
  }

  // Room for `more` bytes in a node that is ours; it may move.
  static Node* reserve(Node** at, size_t entries, size_t more) {
    Node* n = *at;
    size_t children = n->child_count();
    size_t used = entries * sizeof(Entry) + children * sizeof(Node*);
    if (used + more <= n->capacity) return n;
    size_t limit = 64 * sizeof(Entry);
    size_t want = n->capacity * 2 < limit ? n->capacity * 2 : limit;
    Node* bigger = make(want > used + more ? want : used + more);
    bigger->entries = n->entries;
    bigger->children = n->children;
    std::memcpy(bigger->storage(), n->storage(), entries * sizeof(Entry));
    if (children) std::memcpy(static_cast<void*>(&bigger->child(children - 1)), &n->child(children - 1), children * sizeof(Node*));
    n->~Node();
    std::free(n);
    return *at = bigger;
  }

  static Entry& place_entry(Node* n, size_t index, size_t entries, Entry&& entry) {
    Entry* p = &n->entry(index);
    std::memmove(static_cast<void*>(p + 1), static_cast<void*>(p), (entries - index) * sizeof(Entry));
    return *new (p) Entry(std::move(entry));
  }
  static Entry& insert_entry(Node** at, uint64_t bit, Entry&& entry) {
    size_t entries = count((*at)->entries);
    Node* n = reserve(at, entries, sizeof(Entry));
    size_t index = rank(n->entries, bit);
    n->entries |= bit;
    return place_entry(n, index, entries, std::move(entry));
  }
  // Takes the entry's bytes out; the caller has moved or destroyed the value.
  static void close_gap(Node* n, size_t index, size_t entries) {
    Entry* p = &n->entry(index);
    std::memmove(static_cast<void*>(p), static_cast<void*>(p + 1), (entries - index - 1) * sizeof(Entry));
  }
  static void drop_entry(Node* n, uint64_t bit) {
    size_t index = rank(n->entries, bit), entries = count(n->entries);
    n->entry(index).~Entry();
    close_gap(n, index, entries);
    n->entries &= ~bit;
  }
  static void insert_child(Node* n, uint64_t bit, Node* child) {
    size_t index = rank(n->children, bit), children = n->child_count();
    for (size_t i = children; i > index; --i) n->child(i) = n->child(i - 1);
    n->child(index) = child;
    n->children |= bit;
  }
  static void remove_child(Node* n, uint64_t bit) {
    size_t index = rank(n->children, bit), children = n->child_count();
    for (size_t i = index; i + 1 < children; ++i) n->child(i) = n->child(i + 1);
    n->children &= ~bit;
  }

  // The entry in this slot moves to a new child; an entry is at least as large as the
  // pointer that takes its place, so no room is needed.
  static Node** push_down(Node* n, uint64_t bit, int shift) {
    size_t index = rank(n->entries, bit), entries = count(n->entries);
    Node* sub = make(2 * sizeof(Entry) > kFirstBytes ? 2 * sizeof(Entry) : kFirstBytes);
    std::memcpy(static_cast<void*>(&sub->entry(0)), &n->entry(index), sizeof(Entry));
    uint64_t below = shift - kBits < 0 ? 1 : slot_bit(Traits::path(Traits::key(sub->entry(0))), shift - kBits);
    sub->entries = below;
    close_gap(n, index, entries);
    n->entries &= ~bit;
    insert_child(n, bit, sub);
    return &n->child(rank(n->children, bit));
  }

  Entry& put_in_list(Node** at, Entry&& entry, Key key) {
    Node* n = *at;
    if (auto* old = const_cast<Entry*>(n->find_in_list(key))) {
      *old = std::move(entry);
      return *old;
    }
    ++count_;
    n = reserve(at, n->entries, sizeof(Entry));
    size_t last = n->entries++;
    return place_entry(n, last, last, std::move(entry));
  }
  static void remove_from_list(Node* n, Key key) {
    size_t index = static_cast<size_t>(n->find_in_list(key) - &n->entry(0));
    n->entry(index).~Entry();
    close_gap(n, index, n->entries);
    --n->entries;
  }

  // After a removal: an empty child goes, a child of one entry moves up.
  void tidy(Node*** way, int level, int shift, uint64_t path) {
    for (; level > 0; --level, shift += kBits) {
      Node* n = *way[level];
      size_t entries = entry_count(n, shift);
      if (n->children || entries > 1) return;
      Node** at = way[level - 1];
      uint64_t bit = slot_bit(path, shift + kBits);
      if (entries == 1) {
        Node* up = reserve(at, count((*at)->entries), sizeof(Entry));
        remove_child(up, bit);
        size_t all = count(up->entries), index = rank(up->entries, bit);
        up->entries |= bit;
        place_entry(up, index, all, std::move(n->entry(0)));
        n->entry(0).~Entry();
        n->entries = 0;
      } else {
        remove_child(*at, bit);
      }
      release(n, shift);
    }
    if (root_ && !root_->entries && !root_->children) clear();
  }

  void grow() {
    if (root_) {
      Node* up = make(sizeof(Node*) + sizeof(Entry));
      up->children = 1;
      up->child(0) = root_;
      root_ = up;
    }
    shift_ += kBits;
  }

  template <class F>
  static void each(Slot s, int shift, F& f) {
    if (s.entry) f(*s.entry);
    if (!s.node) return;
    if (shift < 0) {
      for (size_t i = 0; i < s.node->entries; ++i) f(s.node->entry(i));
      return;
    }
    size_t e = 0, c = 0;
    for (uint64_t left = s.node->entries | s.node->children; left; left &= left - 1) {
      if (s.node->entries & left & -left) f(s.node->entry(e++));
      else each(Slot{nullptr, s.node->child(c++)}, shift - kBits, f);
    }
  }

  static Slot slot(const Node* n, uint64_t bit) {
    if (n && (n->entries & bit)) return {&n->entry(rank(n->entries, bit)), nullptr};
    if (n && (n->children & bit)) return {nullptr, n->child(rank(n->children, bit))};
    return {nullptr, nullptr};
  }

  // Brings the taller map down one level: all but slot 0 is only there.
  template <class G>
  static Slot peel(Slot s, int& shift, G& only) {
    const Node* n = s.node;
    for (uint64_t left = n ? (n->entries | n->children) & ~1ull : 0; left; left &= left - 1) each(slot(n, left & -left), shift - kBits, only);
    shift -= kBits;
    return slot(n, 1);
  }

  // An entry on one side, a subtree (or an entry) on the other.
  template <class F, class G>
  static void diff_entry(const Entry& e, Slot other, int shift, bool e_is_before, F& f, G& only_other) {
    const Entry* match = nullptr;
    auto visit = [&](const Entry& o) {
      if (Traits::key(o) == Traits::key(e)) match = &o;
      else only_other(o);
    };
    each(other, shift, visit);
    if (match && Traits::equal(e, *match)) return;
    if (e_is_before) f(&e, match);
    else f(match, &e);
  }

  template <class F, class G, class C>
  static void diff_slot(Slot a, Slot b, int shift, F& f, G& gone, C& came) {
    if (a.entry == b.entry && a.node == b.node) return;
    if (a.entry) return diff_entry(*a.entry, b, shift, true, f, came);
    if (b.entry) return diff_entry(*b.entry, a, shift, false, f, gone);
    if (!a.node) return each(b, shift, came);
    if (!b.node) return each(a, shift, gone);
    if (shift < 0) return diff_lists(a.node, b.node, f);
    uint64_t all = a.node->entries | a.node->children | b.node->entries | b.node->children;
    for (uint64_t left = all; left; left &= left - 1) diff_slot(slot(a.node, left & -left), slot(b.node, left & -left), shift - kBits, f, gone, came);
  }

  template <class F>
  static void diff_lists(const Node* a, const Node* b, F& f) {
    for (size_t i = 0; i < a->entries; ++i) {
      const Entry* other = b->find_in_list(Traits::key(a->entry(i)));
      if (!other || !Traits::equal(a->entry(i), *other)) f(&a->entry(i), other);
    }
    for (size_t i = 0; i < b->entries; ++i)
      if (!a->find_in_list(Traits::key(b->entry(i)))) f(static_cast<const Entry*>(nullptr), &b->entry(i));
  }

  static size_t bytes_below(const Node* n, int shift) {
    if (!n) return 0;
    size_t sum = sizeof(Node) + n->capacity;
    for (size_t i = 0; i < n->child_count(); ++i) sum += bytes_below(n->child(i), shift - kBits);
    return sum;
  }

  Node* root_ = nullptr;
  size_t count_ = 0;
  int shift_ = kTop;
};

}  // namespace nacre
