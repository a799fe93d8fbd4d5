/// Values on the heap: strings, arrays, objects; copying before a change; freeing.
#include "commands/jq/value.h"

#include <algorithm>
#include <bit>
#include <new>

#include "base/check.h"
#include "commands/jq/number.h"
#include "commands/jq/value_pages.h"

namespace nacre::jq {
namespace {

constexpr uint32_t kLinear = 16;   // keys that are found by looking at each

template <class T>
T* allocate(size_t extra, ValuePages* pages = nullptr) {
  const size_t size = sizeof(T) + extra;
  return static_cast<T*>(pages ? pages->take(size) : ValuePages::alone(size));
}

Array* make_array(size_t capacity, ValuePages* pages = nullptr) {
  auto* a = allocate<Array>(capacity * sizeof(Value), pages);
  a->refs = 1;
  a->size = 0;
  a->capacity = static_cast<uint32_t>(capacity);
  return a;
}

Object* make_object(size_t capacity, ValuePages* pages = nullptr) {
  auto* o = allocate<Object>(capacity * sizeof(Entry), pages);
  o->refs = 1;
  o->used = o->live = o->index_size = 0;
  o->capacity = static_cast<uint32_t>(capacity);
  o->index = nullptr;
  return o;
}

void free_object(Object* o) {
  ::operator delete(o->index);
  ValuePages::give_back(o);
}

uint64_t hash_bytes(std::string_view s) {
  uint64_t h = 0x9e3779b97f4a7c15ull ^ s.size();
  size_t i = 0;
  for (; i + 8 <= s.size(); i += 8) {
    uint64_t w;
    std::memcpy(&w, s.data() + i, 8);
    h = (h ^ w) * 0xff51afd7ed558ccdull;
    h ^= h >> 32;
  }
  uint64_t w = 0;
  if (i < s.size()) std::memcpy(&w, s.data() + i, s.size() - i);
  h = (h ^ w) * 0xc4ceb9fe1a85ec53ull;
  return h ^ (h >> 29);
}

bool same_key(const Value& a, const Value& b) {
  if (a.identical(b)) return true;
  return !a.is_short() && !b.is_short() && a.valid() && a.str() == b.str();
}

// One bit of 64, the same for equal keys.
uint64_t key_bit(const Value& key) {
  uint64_t first, last;
  if (key.is_short()) {
    std::memcpy(&first, &key, 8);
    std::memcpy(&last, reinterpret_cast<const char*>(&key) + 8, 8);
  } else {
    const std::string_view s = key.str();
    first = 0;
    std::memcpy(&first, s.data(), std::min<size_t>(s.size(), 8));
    last = s.size();
  }
  return uint64_t{1} << ((first ^ std::rotl(last, 29)) * 0x9e3779b97f4a7c15ull >> 58);
}

void index_entry(Object* o, uint32_t i) {
  uint32_t mask = o->index_size - 1;
  uint32_t at = static_cast<uint32_t>(hash_bytes(o->entries()[i].key.str())) & mask;
  while (o->index[at]) at = (at + 1) & mask;
  o->index[at] = i + 1;
}

void build_index(Object* o) {
  ::operator delete(o->index);
  o->index = nullptr;
  o->index_size = 0;
  if (o->capacity <= kLinear) return;
  uint32_t size = 32;
  while (size < o->capacity * 2) size *= 2;
  o->index = static_cast<uint32_t*>(::operator new(size * sizeof(uint32_t)));
  o->index_size = size;
  std::memset(o->index, 0, size * sizeof(uint32_t));
  for (uint32_t i = 0; i < o->used; i++)
    if (o->entries()[i].key.valid()) index_entry(o, i);
}

Entry* find_entry(Object* o, const Value& key) {
  if (!o->index) {
    for (uint32_t i = 0; i < o->used; i++)
      if (same_key(o->entries()[i].key, key)) return &o->entries()[i];
    return nullptr;
  }
  uint32_t mask = o->index_size - 1;
  for (uint32_t at = static_cast<uint32_t>(hash_bytes(key.str())) & mask; o->index[at]; at = (at + 1) & mask) {
    Entry& e = o->entries()[o->index[at] - 1];
    if (e.key.valid() && same_key(e.key, key)) return &e;
  }
  return nullptr;
}

// A copy of what is live, with room for `capacity` entries; `steal`: nothing else uses o.
Object* rebuilt(Object* o, size_t capacity, bool steal) {
  Object* n = make_object(capacity);
  for (uint32_t i = 0; i < o->used; i++) {
    Entry& e = o->entries()[i];
    if (!e.key.valid()) continue;
    if (steal) std::memcpy(static_cast<void*>(n->entries() + n->used), &e, sizeof(Entry));
    else new (n->entries() + n->used) Entry(e);
    n->used++;
  }
  n->live = n->used;
  build_index(n);
  return n;
}

size_t grown(size_t capacity, size_t need) { return need <= 4 ? 4 : capacity * 2 > need ? capacity * 2 : need; }

}  // namespace

Value Value::literal(double d, std::string_view text) {
  auto* l = allocate<Literal>(text.size());
  l->refs = 1;
  l->number = d;
  l->size = text.size();
  std::memcpy(l->data(), text.data(), text.size());
  return of_heap(kLiteral, l);
}

Value Value::long_string(std::string_view s, ValuePages* pages) {
  auto* l = allocate<LongString>(s.size(), pages);
  l->refs = 1;
  l->size = l->capacity = s.size();
  std::memcpy(l->data(), s.data(), s.size());
  return of_heap(kLongString, l);
}

Value Value::array() { return array(0); }
Value Value::array(size_t capacity) { return of_heap(kArray, make_array(capacity)); }
Value Value::object() { return of_heap(kObject, make_object(4)); }

Value Value::array_of(Value* items, size_t n, ValuePages* pages) {
  Array* a = make_array(n, pages);
  std::memcpy(static_cast<void*>(a->items()), items, n * sizeof(Value));
  a->size = static_cast<uint32_t>(n);
  return of_heap(kArray, a);
}

Value Value::object_of(Value* pairs, size_t n, ValuePages* pages) {
  auto* entries = reinterpret_cast<Entry*>(pairs);
  bool repeated = n > kLinear;   // more are checked one by one as they go in
  uint64_t seen = 0;
  for (size_t i = 0; i < n && !repeated; i++) {
    const uint64_t bit = key_bit(entries[i].key);
    for (size_t j = 0; seen & bit && j < i && !repeated; j++) repeated = same_key(entries[i].key, entries[j].key);
    seen |= bit;
  }
  Object* o = make_object(n, pages);
  Value out = of_heap(kObject, o);
  if (!repeated) {
    std::memcpy(static_cast<void*>(o->entries()), entries, n * sizeof(Entry));
    o->used = o->live = static_cast<uint32_t>(n);
    return out;
  }
  build_index(o);
  for (size_t i = 0; i < n; i++) {
    out.set(entries[i].key, std::move(entries[i].value));
    entries[i].key = Value();
  }
  return out;
}

// Containers whose last reference went wait in two lists, linked through themselves, so that
// freeing a value of any depth needs no stack.
void Value::destroy() {
  struct Dead {
    Array* arrays = nullptr;
    Object* objects = nullptr;
    bool draining = false;
  };
  static thread_local Dead dead;
  Heap* h = heap();
  switch (tag()) {
    case kArray:
      static_cast<Array*>(h)->next_dead = dead.arrays;
      dead.arrays = static_cast<Array*>(h);
      break;
    case kObject:
      static_cast<Object*>(h)->next_dead = dead.objects;
      dead.objects = static_cast<Object*>(h);
      break;
    default: ValuePages::give_back(h); return;
  }
  if (dead.draining) return;
  dead.draining = true;
  while (dead.arrays || dead.objects) {
    if (Array* a = dead.arrays) {
      dead.arrays = a->next_dead;
      for (uint32_t i = 0; i < a->size; i++) a->items()[i].~Value();
      ValuePages::give_back(a);
    } else {
      Object* o = dead.objects;
      dead.objects = o->next_dead;
      for (uint32_t i = 0; i < o->used; i++) o->entries()[i].~Entry();
      free_object(o);
    }
  }
  dead.draining = false;
}

void Value::own_array(size_t room) {
  Array* a = arr();
  if (unique() && a->capacity >= room) return;
  size_t capacity = room > a->capacity ? grown(a->capacity, room) : room < 4 ? 4 : room;
  Array* n = make_array(capacity);
  if (unique()) {
    std::memcpy(static_cast<void*>(n->items()), a->items(), a->size * sizeof(Value));
    n->size = a->size;
    ValuePages::give_back(a);
    std::memcpy(raw_ + 8, &n, 8);
    return;
  }
  for (uint32_t i = 0; i < a->size; i++) new (n->items() + i) Value(a->items()[i]);
  n->size = a->size;
  *this = of_heap(kArray, n);
}

void Value::push(Value v) {
  own_array(arr()->size + size_t{1});
  Array* a = arr();
  new (a->items() + a->size) Value(std::move(v));
  a->size++;
}

Value& Value::slot(size_t i) {
  own_array(i + 1);
  Array* a = arr();
  while (a->size <= i) {
    new (a->items() + a->size) Value(kNull);
    a->size++;
  }
  return a->items()[i];
}

Value Value::slice(size_t from, size_t to) const {
  if (from == 0 && to == arr()->size) return *this;
  Value out = array(to > from ? to - from : 0);
  for (size_t i = from; i < to; i++) new (out.arr()->items() + out.arr()->size++) Value(at(i));
  return out;
}

void Value::truncate(size_t n) {
  if (n < arr()->size) erase(n, arr()->size);
}

void Value::erase(size_t from, size_t to) {
  if (from >= to) return;
  own_array(arr()->size);
  Array* a = arr();
  for (size_t i = from; i < to; i++) a->items()[i].~Value();
  std::memmove(static_cast<void*>(a->items() + from), a->items() + to, (a->size - to) * sizeof(Value));
  a->size -= static_cast<uint32_t>(to - from);
}

const Value* Value::find(const Value& key) const {
  Entry* e = find_entry(obj(), key);
  return e ? &e->value : nullptr;
}

void Value::own_object() {
  if (unique()) return;
  Object* o = obj();
  *this = of_heap(kObject, rebuilt(o, o->live < 4 ? 4 : o->live, false));
}

Value& Value::slot(const Value& key) {
  own_object();
  Object* o = obj();
  if (Entry* e = find_entry(o, key)) return e->value;
  if (o->used == o->capacity) {
    Object* n = rebuilt(o, grown(o->live, o->live + size_t{1}), true);
    free_object(o);
    std::memcpy(raw_ + 8, &n, 8);
    o = n;
  }
  Entry* e = new (o->entries() + o->used) Entry{key, Value(kNull)};
  o->used++;
  o->live++;
  if (o->index) index_entry(o, o->used - 1);
  return e->value;
}

void Value::set(const Value& key, Value v) { slot(key) = std::move(v); }

void Value::remove(const Value& key) {
  if (!find_entry(obj(), key)) return;
  own_object();
  Object* o = obj();
  Entry* e = find_entry(o, key);
  o->live--;
  if (o->index) {   // stays in the index, where its key no longer matches
    e->key = Value();
    e->value = Value();
    return;
  }
  e->~Entry();
  uint32_t at = static_cast<uint32_t>(e - o->entries());
  std::memmove(static_cast<void*>(e), e + 1, (o->used - at - 1) * sizeof(Entry));
  o->used--;
}

void Value::append(std::string_view s) {
  std::string_view mine = str();
  if (tag() == kShortString) {
    if (mine.size() + s.size() <= kShort) {
      std::memcpy(raw_ + 2 + mine.size(), s.data(), s.size());
      raw_[1] = static_cast<char>(mine.size() + s.size());
      return;
    }
  } else {
    auto* l = static_cast<LongString*>(heap());
    if (unique() && l->capacity - l->size >= s.size()) {
      std::memcpy(l->data() + l->size, s.data(), s.size());
      l->size += s.size();
      return;
    }
  }
  size_t need = mine.size() + s.size(), capacity = need + need / 2;
  auto* n = allocate<LongString>(capacity);
  n->refs = 1;
  n->size = need;
  n->capacity = capacity;
  std::memcpy(n->data(), mine.data(), mine.size());
  std::memcpy(n->data() + mine.size(), s.data(), s.size());
  *this = of_heap(kLongString, n);
}

const char* kind_name(Kind k) {
  switch (k) {
    case Kind::Invalid: return "<invalid>";
    case Kind::Null: return "null";
    case Kind::False:
    case Kind::True: return "boolean";
    case Kind::Number: return "number";
    case Kind::String: return "string";
    case Kind::Array: return "array";
    case Kind::Object: return "object";
  }
  return "";
}

}  // namespace nacre::jq
