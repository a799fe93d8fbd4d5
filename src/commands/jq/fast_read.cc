/// Values of JSON that lie whole in one piece of text.
#include "commands/jq/fast_read.h"

#include <new>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "commands/jq/json_read.h"
#include "commands/jq/number.h"

namespace nacre::jq {
namespace {

constexpr int kMaxFast = 100;   // levels; below, JsonReader keeps its own stack

constexpr uint64_t repeat(unsigned char c) { return 0x0101010101010101ull * c; }
constexpr uint64_t kHigh = repeat(0x80);

// A byte of w that ends or complicates a string: a quote, a backslash, a control, not ASCII.
uint64_t special(uint64_t w) {
  uint64_t quote = w ^ repeat('"'), slash = w ^ repeat('\\');
  return ((quote - repeat(1)) & ~quote & kHigh) | ((slash - repeat(1)) & ~slash & kHigh) | ((w - repeat(0x20)) & ~w & kHigh) | (w & kHigh);
}

#ifdef __SSE2__
// How many of 16 bytes come before such a byte.
unsigned before_special(const char* p) {
  const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  // As signed numbers, what is not ASCII is below 0x20 too.
  const __m128i hits =
      _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)), _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
  return static_cast<unsigned>(__builtin_ctz(static_cast<unsigned>(_mm_movemask_epi8(hits)) | 1u << 16));
}
#endif

bool ends_number(char c) { return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

FastReader::~FastReader() {
  clear();
  ::operator delete(stack_);
}

void FastReader::clear() {
  while (size_ > 0) stack_[--size_].~Value();
}

void FastReader::grow() {
  size_t room = room_ ? room_ * 2 : 64;
  auto* larger = static_cast<Value*>(::operator new(room * sizeof(Value)));
  if (size_) std::memcpy(static_cast<void*>(larger), stack_, size_ * sizeof(Value));
  ::operator delete(stack_);
  stack_ = larger;
  room_ = room;
}

inline void FastReader::push(Value v) {
  if (size_ == room_) grow();
  new (stack_ + size_++) Value(std::move(v));
}

const char* FastReader::read(char open, const char* from, const char* end, Value& out) {
  p_ = from;
  end_ = end;
  if (!(open == '[' ? array(0) : object(0))) {
    clear();
    return nullptr;
  }
  out = std::move(stack_[0]);
  clear();
  return p_;
}

inline bool FastReader::word(const char* text, size_t n, Value v) {
  if (static_cast<size_t>(end_ - p_) <= n || std::memcmp(p_, text, n) != 0 || !ends_number(p_[n])) return false;
  p_ += n;
  push(std::move(v));
  return true;
}

bool FastReader::value(int depth) {
  if (p_ == end_) return false;
  switch (*p_) {
    case '"': p_++; return string();
    case '{': p_++; return depth < kMaxFast && object(depth + 1);
    case '[': p_++; return depth < kMaxFast && array(depth + 1);
    case 't': return word("true", 4, Value::boolean(true));
    case 'f': return word("false", 5, Value::boolean(false));
    case 'n': return word("null", 4, Value::null());
    default: return number();
  }
}

bool FastReader::array(int depth) {
  size_t first = size_;
  blanks();
  if (p_ < end_ && *p_ == ']') {
    p_++;
    push(Value::array());
    return true;
  }
  while (true) {
    if (!value(depth)) return false;
    blanks();
    if (p_ == end_) return false;
    char c = *p_++;
    if (c == ']') break;
    if (c != ',') return false;
    blanks();
  }
  Value made = Value::array_of(stack_ + first, size_ - first, pages_);
  size_ = first;
  push(std::move(made));
  return true;
}

bool FastReader::object(int depth) {
  size_t first = size_;
  blanks();
  if (p_ < end_ && *p_ == '}') {
    p_++;
    push(Value::object());
    return true;
  }
  while (true) {
    if (p_ == end_ || *p_++ != '"' || !string()) return false;
    blanks();
    if (p_ == end_ || *p_++ != ':') return false;
    blanks();
    if (!value(depth)) return false;
    blanks();
    if (p_ == end_) return false;
    char c = *p_++;
    if (c == '}') break;
    if (c != ',') return false;
    blanks();
  }
  Value made = Value::object_of(stack_ + first, (size_ - first) / 2, pages_);
  size_ = first;
  push(std::move(made));
  return true;
}

bool FastReader::string() {
  const char* start = p_;
#ifdef __SSE2__
  if (end_ - p_ >= 16) {   // most are short
    const unsigned n = before_special(p_);
    if (n <= Value::kShort && p_[n] == '"') {
      p_ += n + 1;
      push(Value::short_string(start, n));
      return true;
    }
    p_ += n;
  }
#endif
  bool ascii = true;
  while (true) {
    while (p_ + 8 <= end_) {
      uint64_t w;
      std::memcpy(&w, p_, 8);
      uint64_t found = special(w);
      p_ += found ? __builtin_ctzll(found) >> 3 : 8;   // the lowest one is never a false one
      if (found) break;
    }
    if (p_ == end_) return false;
    unsigned char c = static_cast<unsigned char>(*p_);
    if (c == '"') break;
    if (c == '\\') return string_with_escapes(start);
    if (c < 0x20) return false;
    if (c >= 0x80) ascii = false;
    p_++;
  }
  std::string_view body(start, static_cast<size_t>(p_ - start));
  p_++;
  if (ascii || is_valid_utf8(body)) push(Value::string(body, pages_));
  else push(Value::string(valid_utf8(body), pages_));
  return true;
}

bool FastReader::string_with_escapes(const char* start) {
  for (; p_ < end_ && *p_ != '"'; p_++)
    if (*p_ == '\\' && ++p_ == end_) return false;
  if (p_ == end_) return false;
  std::string_view body(start, static_cast<size_t>(p_ - start));
  p_++;
  std::string fixed, out;
  const char* wrong = nullptr;
  if (!is_valid_utf8(body)) body = fixed = valid_utf8(body);
  if (!decode_string(body, out, &wrong)) return false;
  push(Value::string(out, pages_));
  return true;
}

bool FastReader::number() {
  const char* start = p_;
  bool minus = *p_ == '-';
  const char* q = p_ + minus;
  uint64_t n = 0;
  while (q < end_ && static_cast<unsigned char>(*q - '0') < 10 && q - start < 16) n = n * 10 + static_cast<uint64_t>(*q++ - '0');
  size_t digits = static_cast<size_t>(q - start) - minus;
  if (q < end_ && ends_number(*q) && digits > 0 && digits <= 15 && (n != 0 || !minus) && (start[minus] != '0' || digits == 1)) {
    p_ = q;
    double d = static_cast<double>(n);
    push(Value::number(minus ? -d : d));
    return true;
  }
  while (q < end_ && !ends_number(*q)) q++;
  if (q == end_ || *start == '\'' || q == start) return false;
  Value v = parse_number({start, static_cast<size_t>(q - start)});
  if (!v.valid()) return false;
  p_ = q;
  push(std::move(v));
  return true;
}

}  // namespace nacre::jq
