/// value: JSON values as jq sees them, 16 bytes each.
///
/// Null, booleans, doubles and strings of up to 14 bytes live inside the Value;
/// longer strings, arrays, objects and numbers that keep their literal text are
/// on the heap with a plain reference count. What is shared is copied before it
/// is changed, what is not is changed in place: `update` functions take the Value
/// to change by reference and make it unique first.
///
/// Objects keep the order of insertion; more than 8 keys are found by hashing.
/// Freeing a deeply nested value uses no stack.
///
/// Threads: a value belongs to one sandbox, so to one thread at a time.
/// Source: jq 1.8 manual, "Basic filters", "Types and values".
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace nacre::jq {

/// In the order in which sort compares kinds. Invalid: no value at all.
enum class Kind : uint8_t { Invalid, Null, False, True, Number, String, Array, Object };

struct Heap {
  uint32_t refs;
  uint32_t page;   ///< see value_pages.h
};
class ValuePages;
struct LongString;
struct Literal;
struct Array;
struct Object;

class Value {
 public:
  static constexpr size_t kShort = 14;   ///< bytes of a string that need no heap

  Value() { set_words(0, 0); }
  static Value null() { return Value(kNull); }
  static Value boolean(bool b) { return Value(b ? kTrue : kFalse); }
  static Value number(double d) {
    Value v(kDouble);
    std::memcpy(v.raw_ + 8, &d, 8);
    return v;
  }
  /// A number with its text in canonical form (see number.h).
  static Value literal(double d, std::string_view text);
  static Value string(std::string_view s, ValuePages* pages = nullptr) {
    if (s.size() > kShort) return long_string(s, pages);
    Value v(kShortString);
    v.raw_[1] = static_cast<char>(s.size());
    std::memcpy(v.raw_ + 2, s.data(), s.size());
    return v;
  }
  /// The same for n <= kShort bytes, where 16 can be read.
  static Value short_string(const char* sixteen, size_t n) {
    if constexpr (std::endian::native != std::endian::little) return string({sixteen, n});
    uint64_t low, high;
    std::memcpy(&low, sixteen, 8);
    std::memcpy(&high, sixteen + 8, 8);
    low = n >= 8 ? low : low & ~(~uint64_t{0} << 8 * n);
    high = n <= 8 ? 0 : high & ~(~uint64_t{0} << 8 * (n - 8));
    Value v;
    v.set_words(kShortString | n << 8 | low << 16, low >> 48 | high << 16);
    return v;
  }
  static Value array();
  static Value array(size_t capacity);
  static Value object();
  /// Take over n values, or n pairs of key and value; later keys win.
  static Value array_of(Value* items, size_t n, ValuePages* pages = nullptr);
  static Value object_of(Value* pairs, size_t n, ValuePages* pages = nullptr);

  Value(const Value& o) {
    copy_words(o);
    if (is_heap()) heap()->refs++;
  }
  Value(Value&& o) noexcept {
    copy_words(o);
    o.set_words(0, 0);
  }
  Value& operator=(const Value& o) {
    if (o.is_heap()) o.heap()->refs++;
    drop();
    copy_words(o);
    return *this;
  }
  Value& operator=(Value&& o) noexcept {
    if (this != &o) {
      drop();
      copy_words(o);
      o.set_words(0, 0);
    }
    return *this;
  }
  ~Value() { drop(); }

  Kind kind() const {
    constexpr Kind kKinds[] = {Kind::Invalid, Kind::Null,   Kind::False,  Kind::True,  Kind::Number,
                               Kind::String,  Kind::Number, Kind::String, Kind::Array, Kind::Object};
    return kKinds[tag()];
  }
  bool valid() const { return tag() != kInvalid; }
  bool is_null() const { return tag() == kNull; }
  bool is_bool() const { return tag() == kTrue || tag() == kFalse; }
  bool is_number() const { return tag() == kDouble || tag() == kLiteral; }
  bool is_string() const { return tag() == kShortString || tag() == kLongString; }
  bool is_array() const { return tag() == kArray; }
  bool is_object() const { return tag() == kObject; }
  /// Neither false nor null.
  bool truthy() const { return tag() > kFalse; }

  double num() const;
  /// The canonical text of a number that kept it; empty otherwise.
  std::string_view literal_text() const;
  /// Bytes of a string. Valid while this Value is neither moved nor changed.
  std::string_view str() const;
  Array* arr() const { return reinterpret_cast<Array*>(heap()); }
  Object* obj() const { return reinterpret_cast<Object*>(heap()); }
  /// The same value without looking inside: the same heap object or the same bits.
  bool identical(const Value& o) const { return std::memcmp(raw_, o.raw_, 16) == 0; }
  /// A string without a heap: equal ones are identical.
  bool is_short() const { return tag() == kShortString; }

  // ---- arrays
  size_t size() const;                         ///< elements of an array, keys of an object
  const Value& at(size_t i) const;             ///< element of an array
  void push(Value v);                          ///< makes unique
  Value& slot(size_t i);                       ///< makes unique; grows with nulls
  Value slice(size_t from, size_t to) const;
  void truncate(size_t n);                     ///< makes unique
  void erase(size_t from, size_t to);          ///< makes unique

  // ---- objects
  const Value* find(const Value& key) const;   ///< null: not there
  void set(const Value& key, Value v);         ///< makes unique
  Value& slot(const Value& key);               ///< makes unique; null when new
  void remove(const Value& key);               ///< makes unique

  // ---- strings
  void append(std::string_view s);             ///< in place when nothing shares it

 private:
  enum Tag : uint8_t { kInvalid, kNull, kFalse, kTrue, kDouble, kShortString, kLiteral, kLongString, kArray, kObject };
  friend struct Array;
  friend struct Object;
  explicit Value(Tag t) { set_words(t, 0); }
  static Value long_string(std::string_view s, ValuePages* pages);
  static Value of_heap(Tag t, void* h) {
    Value v(t);
    std::memcpy(v.raw_ + 8, &h, 8);
    return v;
  }

  Tag tag() const { return static_cast<Tag>(raw_[0]); }
  bool is_heap() const { return static_cast<uint8_t>(raw_[0]) >= kLiteral; }
  Heap* heap() const {
    Heap* h;
    std::memcpy(&h, raw_ + 8, 8);
    return h;
  }
  void copy_words(const Value& o) { std::memcpy(raw_, o.raw_, 16); }
  void set_words(uint64_t a, uint64_t b) {
    std::memcpy(raw_, &a, 8);
    std::memcpy(raw_ + 8, &b, 8);
  }
  void drop() {
    if (is_heap() && --heap()->refs == 0) destroy();
  }
  void destroy();
  bool unique() const { return heap()->refs == 1; }
  void own_array(size_t room);
  void own_object();

  alignas(8) char raw_[16];   // tag; then 14 bytes of a short string with its length before, or 8 at offset 8
};

struct LongString : Heap {
  size_t size, capacity;
  char* data() { return reinterpret_cast<char*>(this + 1); }
};
struct Literal : Heap {
  double number;
  size_t size;
  char* data() { return reinterpret_cast<char*>(this + 1); }
};
struct Array : Heap {
  uint32_t size, capacity;
  Array* next_dead;           // while being freed
  Value* items() { return reinterpret_cast<Value*>(this + 1); }
};
struct Entry {
  Value key, value;
};
struct Object : Heap {
  uint32_t used, live, capacity;   // entries written, of these not removed, room
  uint32_t index_size;             // power of two; 0: keys are compared one by one
  uint32_t* index;                 // entry + 1, 0 free
  Object* next_dead;
  Entry* entries() { return reinterpret_cast<Entry*>(this + 1); }
};

/// Runs fn(key, value) over the entries of an object in order of insertion.
template <class F>
void each_entry(const Value& object, F&& fn) {
  Object* o = object.obj();
  for (uint32_t i = 0; i < o->used; i++) {
    Entry& e = o->entries()[i];
    if (e.key.valid()) fn(static_cast<const Value&>(e.key), static_cast<const Value&>(e.value));
  }
}

inline double Value::num() const {
  if (tag() == kLiteral) return static_cast<Literal*>(heap())->number;
  double d;
  std::memcpy(&d, raw_ + 8, 8);
  return d;
}
inline std::string_view Value::str() const {
  if (tag() == kShortString) return {raw_ + 2, static_cast<uint8_t>(raw_[1])};
  auto* s = static_cast<LongString*>(heap());
  return {s->data(), s->size};
}
inline std::string_view Value::literal_text() const {
  if (tag() != kLiteral) return {};
  auto* l = static_cast<Literal*>(heap());
  return {l->data(), l->size};
}
inline size_t Value::size() const { return is_array() ? arr()->size : obj()->live; }
inline const Value& Value::at(size_t i) const { return arr()->items()[i]; }

const char* kind_name(Kind k);
inline const char* kind_name(const Value& v) { return kind_name(v.kind()); }

/// Comparison and containment give up below this depth.
constexpr int kMaxDepth = 10000;
/// -1, 0, 1 in jq's order of values; kTooDeep when nested deeper than kMaxDepth.
constexpr int kTooDeep = 2;
int compare(const Value& a, const Value& b);
/// Keys of an object, sorted by their code points.
Value sorted_keys(const Value& object);
/// 1, 0, or kTooDeep.
int contains(const Value& a, const Value& b);
/// Number of code points of a string.
size_t codepoints(std::string_view s);
/// Byte offset of the n-th code point (the size when there are fewer). The text is valid UTF-8.
size_t codepoint_offset(std::string_view s, size_t n);

}  // namespace nacre::jq
