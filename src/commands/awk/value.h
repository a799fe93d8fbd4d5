/// AwkValue: a scalar of awk: number, string, or text from input that counts as
/// a number if it looks like one. Strings are shared, counted without atomics:
/// one awk runs on one thread. AwkArray: a hash table in insertion order, whose
/// elements stay where they are; its keys are listed in gawk's order.
/// Source: POSIX XCU awk, "Expressions in awk"; gawk manual 6.1.4, 8.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/awk/order.h"

namespace nacre {

class AwkString {
 public:
  AwkString() = default;
  explicit AwkString(std::string s) : r_(new Rep{std::move(s), 1}) {}
  explicit AwkString(std::string_view s) : r_(new Rep{std::string(s), 1}) {}
  AwkString(const AwkString& o) : r_(o.r_) {
    if (r_) r_->refs++;
  }
  AwkString(AwkString&& o) noexcept : r_(std::exchange(o.r_, nullptr)) {}
  AwkString& operator=(AwkString o) noexcept {
    std::swap(r_, o.r_);
    return *this;
  }
  ~AwkString() {
    if (r_ && --r_->refs == 0) delete r_;
  }
  std::string_view view() const { return r_ ? std::string_view(r_->text) : std::string_view(); }
  /// For appending in place: only when nothing shares it.
  std::string* unique() { return r_ && r_->refs == 1 ? &r_->text : nullptr; }

 private:
  struct Rep {
    std::string text;
    uint32_t refs;
  };
  Rep* r_ = nullptr;
};

struct AwkValue {
  enum Kind : uint8_t { Unset, Number, Text, Input, Pattern } kind = Unset;   ///< Input: may be a number; Pattern: @/.../
  static constexpr int8_t kBool = 2, kSeen = 3, kNull = 4, kFront = 5;
  mutable int8_t looks = -1;       ///< Input: -1 unknown, 0 text, 1 number; kFront text, number is known. Number: kBool from mkbool.
                                   ///< Unset: kSeen was asked for its value. Input: kNull a field that is not there
  mutable double number = 0;       ///< Number; Input when looks == 1
  AwkString text;

  AwkValue() = default;
  AwkValue(double n) : kind(Number), number(n) {}   // NOLINT
  static AwkValue string(std::string s) {
    AwkValue v;
    v.kind = Text;
    v.text = AwkString(std::move(s));
    return v;
  }
  static AwkValue copy_of(std::string_view s) {
    AwkValue v;
    v.kind = Text;
    v.text = AwkString(s);
    return v;
  }
  static AwkValue input(std::string_view s) {
    AwkValue v;
    v.kind = Input;
    v.text = AwkString(s);
    return v;
  }

  /// Makes it text from input, in the place of a text that nothing shares.
  void set_input(std::string_view s) {
    kind = Input;
    looks = -1;
    if (std::string* own = text.unique()) own->assign(s);
    else text = AwkString(s);
  }
  /// True if it takes part in comparisons as a number.
  bool numeric() const;
  double to_number() const;
  bool truth() const;
};

/// The number at the front of s (decimal; gawk's rules), 0 if there is none. *whole: s is nothing else but blanks.
double awk_number(std::string_view s, bool* whole = nullptr);
/// Appends a number by a format as printf has them, which may be any text.
void awk_format_number(std::string& out, double n, std::string_view format);
/// Appends a number: integers in full, others by format (CONVFMT or OFMT).
void append_number(std::string& out, double n, const std::string& format);

class AwkArray {
 public:
  AwkValue* find(std::string_view key);
  AwkValue& at(std::string_view key) { return entry(key).value; }
  /// Makes the element text from input.
  void set_input(std::string_view key, std::string_view s);
  bool erase(std::string_view key);
  void clear();
  size_t size() const { return live_; }
  /// In the order that for (k in a) has.
  std::vector<std::string> keys() const;
  /// The array that is an element; null if there is none or it is a scalar.
  std::shared_ptr<AwkArray> sub(std::string_view key);
  /// The same, made when the element is unset; null if it is a scalar.
  std::shared_ptr<AwkArray> make_sub(std::string_view key);
  void set_sub(std::string_view key, std::shared_ptr<AwkArray> sub) { entry(key).sub = std::move(sub); }

 private:
  struct Entry {
    std::string key;
    AwkValue value;
    uint32_t hash;
    bool live;
    std::shared_ptr<AwkArray> sub;
  };
  struct Slot {
    uint32_t hash = 0, index = 0;   ///< entry index + 1; 0 empty
  };
  Entry* find_entry(std::string_view key);
  Entry& entry(std::string_view key) {
    bool made;
    Entry& e = entry(key, made);
    if (made) e.value = {};
    return e;
  }
  /// *made: it is new, and may hold what it held before the array was cleared.
  Entry& entry(std::string_view key, bool& made);
  static uint32_t hash_of(std::string_view key);
  size_t slot(std::string_view key, uint32_t hash) const;
  void rebuild(size_t slots);
  std::vector<std::unique_ptr<Entry>> entries_;   ///< beyond used_: to be used again
  std::vector<Slot> table_;
  size_t used_ = 0, live_ = 0;
  AwkArrayKind kind_ = AwkArrayKind::Strings;   ///< by the first subscript
};

}  // namespace nacre
