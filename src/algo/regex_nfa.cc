#include "algo/regex_nfa.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "algo/find_bytes.h"
#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/utf8.h"

namespace nacre {
namespace {

constexpr size_t kMaxNodes = 1000;
constexpr int kMaxCopies = 4000;     // pieces put down, those that counts repeat counted each time
constexpr int kMaxNesting = 40;

struct Tree {
  enum class Kind : uint8_t { Empty, Set, Sequence, Alternatives, Repeat, Begin, End } kind = Kind::Empty;
  ByteSet set;
  bool unsure = false;
  bool wide = false;          ///< Set: every character beyond ASCII too
  std::vector<Tree> parts;
  int low = 0, high = 0;      ///< Repeat; high -1: without end
};

class Reader {
 public:
  Reader(std::string_view s, bool utf8, bool fold, bool classes_unsure, bool lines, bool ascii)
      : s_(s), utf8_(utf8), fold_(fold), classes_unsure_(classes_unsure), lines_(lines), ascii_(ascii) {}

  std::optional<Tree> run() {
    Tree t = alternatives(0);
    if (at_ < s_.size()) ok_ = false;
    if (!ok_) return std::nullopt;
    return t;
  }

 private:
  bool starts(std::string_view w) const { return s_.substr(at_, w.size()) == w; }
  bool accept(std::string_view w) {
    if (!starts(w)) return false;
    at_ += w.size();
    return true;
  }
  Tree refuse() {
    ok_ = false;
    return {};
  }

  Tree alternatives(int depth) {
    if (depth > kMaxNesting) return refuse();
    Tree all;
    all.kind = Tree::Kind::Alternatives;
    do all.parts.push_back(sequence(depth));
    while (ok_ && accept("|"));
    if (all.parts.size() == 1) return std::move(all.parts[0]);
    return all;
  }

  Tree sequence(int depth) {
    Tree all;
    all.kind = Tree::Kind::Sequence;
    while (ok_ && at_ < s_.size() && s_[at_] != '|' && s_[at_] != ')') {
      all.parts.push_back(atom(depth));
      int low, high;
      if (!ok_ || !repetition(low, high)) continue;
      Tree repeat;
      repeat.kind = Tree::Kind::Repeat;
      repeat.low = low;
      repeat.high = high;
      repeat.parts.push_back(std::move(all.parts.back()));
      all.parts.back() = std::move(repeat);
    }
    return all;
  }

  bool repetition(int& low, int& high) {
    low = 0;
    high = -1;
    if (accept("*")) return true;
    if (accept("+")) {
      low = 1;
      return true;
    }
    if (accept("?")) {
      high = 1;
      return true;
    }
    if (!accept("{")) return false;
    low = high = count();
    if (accept(",")) high = starts("}") ? -1 : count();
    if (!accept("}")) ok_ = false;
    return ok_;
  }

  int count() {
    int n = 0;
    if (at_ >= s_.size() || !ascii_digit(s_[at_])) ok_ = false;
    while (at_ < s_.size() && ascii_digit(s_[at_]) && n < 10000) n = n * 10 + (s_[at_++] - '0');
    return n;
  }

  Tree atom(int depth) {
    if (accept("(?s:.)")) return any();
    if (accept("(?:") || (!starts("(?") && accept("("))) {
      Tree t = deep_call([&] { return alternatives(depth + 1); });
      if (!accept(")")) ok_ = false;
      return t;
    }
    Tree t;
    const bool line_begin = lines_ && (accept("(?m:^)") || accept("^")), line_end = lines_ && !line_begin && (accept("(?m:$)") || accept("$"));
    if (line_begin || accept("\\A")) {
      t.kind = Tree::Kind::Begin;
      return t;
    }
    if (line_end || accept("\\z")) {
      t.kind = Tree::Kind::End;
      return t;
    }
    if (starts("(?")) return refuse();
    if (accept("[")) return bracket();
    if (lines_ && accept(".")) return any();   // but a newline, which is in no line
    uint32_t c;
    if (!character(c)) return refuse();
    return literal(c);
  }

  Tree any() {
    Tree t;
    t.kind = Tree::Kind::Set;
    t.set.invert();
    if (utf8_) t.set.drop_high();
    t.wide = utf8_ && !ascii_;
    t.unsure = ascii_;
    return t;
  }

  // One character: itself, or escaped with no letter's or digit's meaning but \x and \n.
  bool character(uint32_t& c) {
    if (s_[at_] != '\\') {
      if (std::string_view("*+?{}^$.").find(s_[at_]) != std::string_view::npos) return false;
      if (utf8_ && static_cast<uint8_t>(s_[at_]) >= 0x80) {
        utf8::Char d = utf8::decode(s_.substr(at_));
        at_ += d.length;
        c = d.code;
        return true;
      }
      c = static_cast<uint8_t>(s_[at_++]);
      return true;
    }
    if (++at_ >= s_.size()) return false;
    c = static_cast<uint8_t>(s_[at_++]);
    if (c == 'n') {
      c = '\n';
      return true;
    }
    if (c != 'x') return !ascii_alnum(static_cast<char>(c)) && c < 0x80;
    bool braces = accept("{");
    c = 0;
    size_t start = at_;
    for (; at_ < s_.size() && at_ - start < (braces ? 6 : 2) && std::isxdigit(static_cast<unsigned char>(s_[at_])); at_++)
      c = c * 16 + static_cast<uint32_t>(ascii_digit(s_[at_]) ? s_[at_] - '0' : ascii_lower(s_[at_]) - 'a' + 10);
    if (at_ == start || (braces && !accept("}"))) return false;
    return c <= (utf8_ ? 0x10ffffu : 0xffu);
  }

  static bool folds_beyond_ascii(uint32_t c) { return ascii_lower(static_cast<char>(c)) == 'k' || ascii_lower(static_cast<char>(c)) == 's'; }

  void add_folded(Tree& t, uint32_t c) {
    t.set.add(static_cast<uint8_t>(c));
    if (!fold_ || c >= 0x80 || !ascii_alpha(static_cast<char>(c))) return;
    t.set.add(static_cast<uint8_t>(c ^ 0x20));
    if (utf8_ && folds_beyond_ascii(c)) t.unsure = true;
  }

  Tree literal(uint32_t c) {
    Tree t;
    t.kind = Tree::Kind::Set;
    if (c >= 0x80 && fold_) return refuse();
    if (c < 0x80 || !utf8_) {
      add_folded(t, c);
      return t;
    }
    Tree all;
    all.kind = Tree::Kind::Sequence;
    std::string bytes;
    utf8::append(bytes, c);
    for (char b : bytes) {
      Tree one;
      one.kind = Tree::Kind::Set;
      one.set.add(static_cast<uint8_t>(b));
      all.parts.push_back(std::move(one));
    }
    return all;
  }

  Tree bracket() {
    Tree t;
    t.kind = Tree::Kind::Set;
    bool negate = accept("^");
    bool beyond = classes_unsure_ || (negate && ascii_);
    while (ok_ && !accept("]")) {
      uint32_t low, high;
      if (at_ >= s_.size() || starts("\\p") || starts("[:") || !character(low)) return refuse();
      high = low;
      if (starts("-") && !starts("-]")) {
        at_++;
        if (at_ >= s_.size() || !character(high)) return refuse();
      }
      if (high >= 0x80 && (utf8_ || fold_)) beyond = true;
      for (uint32_t c = low; c <= high && c < (utf8_ ? 0x80u : 0x100u); c++) add_folded(t, c);
    }
    if (negate) t.set.invert();
    t.unsure = t.unsure || beyond;
    if (utf8_ || t.unsure) t.set.drop_high();
    t.wide = negate && utf8_ && !t.unsure;
    return t;
  }

  std::string_view s_;
  bool utf8_, fold_, classes_unsure_, lines_, ascii_;
  size_t at_ = 0;
  bool ok_ = true;
};

/// Puts the tree down as nodes, from its end to its start.
class Builder {
 public:
  RegexNfa nfa;
  bool ok = true;

  uint16_t node(RegexNfa::Node n) {
    if (nfa.nodes.size() >= kMaxNodes) {
      ok = false;
      return 0;
    }
    nfa.nodes.push_back(n);
    return static_cast<uint16_t>(nfa.nodes.size() - 1);
  }
  uint16_t set(const ByteSet& s, bool unsure, uint16_t next) {
    nfa.sets.push_back(s);
    return node({RegexNfa::Kind::Set, unsure, static_cast<uint16_t>(nfa.sets.size() - 1), next, 0});
  }
  uint16_t range(unsigned low, unsigned high, uint16_t next) {
    ByteSet s;
    s.add(low, high);
    return set(s, false, next);
  }
  uint16_t split(uint16_t a, uint16_t b) { return node({RegexNfa::Kind::Split, false, 0, a, b}); }

  uint16_t put(const Tree& t, uint16_t next) {
    if (!ok || ++copies_ > kMaxCopies) {
      ok = false;
      return 0;
    }
    switch (t.kind) {
      case Tree::Kind::Empty: return next;
      case Tree::Kind::Begin: return node({RegexNfa::Kind::Begin, false, 0, next, 0});
      case Tree::Kind::End: return node({RegexNfa::Kind::End, false, 0, next, 0});
      case Tree::Kind::Set: return put_set(t, next);
      case Tree::Kind::Sequence:
        for (auto part = t.parts.rbegin(); part != t.parts.rend(); ++part) next = put(*part, next);
        return next;
      case Tree::Kind::Alternatives: {
        uint16_t all = put(t.parts.back(), next);
        for (size_t i = t.parts.size() - 1; i-- > 0;) all = split(put(t.parts[i], next), all);
        return all;
      }
      case Tree::Kind::Repeat: return put_repeat(t, next);
    }
    return next;
  }

 private:
  uint16_t put_set(const Tree& t, uint16_t next) {
    uint16_t all = set(t.set, t.unsure, next);
    if (!t.wide) return all;
    uint16_t one = range(0x80, 0xbf, next), two = range(0x80, 0xbf, one), three = range(0x80, 0xbf, two);
    all = split(all, range(0xc2, 0xdf, one));
    all = split(all, range(0xe0, 0xef, two));
    return split(all, range(0xf0, 0xf4, three));
  }

  uint16_t put_repeat(const Tree& t, uint16_t next) {
    const Tree& part = t.parts[0];
    if (t.high < 0) {
      uint16_t loop = split(0, next);
      uint16_t body = put(part, loop);
      if (!ok) return 0;
      nfa.nodes[loop].next = body;
      next = loop;
    }
    for (int i = t.low; i < t.high; i++) next = split(put(part, next), next);
    for (int i = 0; i < t.low && ok; i++) next = put(part, next);
    return next;
  }

  int copies_ = 0;
};

void flatten(const Tree& t, std::vector<Tree>& out) {
  if (t.kind != Tree::Kind::Sequence) out.push_back(t);
  else
    for (const Tree& part : t.parts) flatten(part, out);
}

// The tree read from its end. False where it cannot be.
bool reverse(Tree& t) {
  if (t.wide) return false;   // its bytes have an order
  if (t.kind == Tree::Kind::Begin) t.kind = Tree::Kind::End;
  else if (t.kind == Tree::Kind::End) t.kind = Tree::Kind::Begin;
  else if (t.kind == Tree::Kind::Sequence) std::reverse(t.parts.begin(), t.parts.end());
  for (Tree& part : t.parts)
    if (!reverse(part)) return false;
  return true;
}

std::shared_ptr<RegexNfa> built(const Tree& t) {
  Builder b;
  const uint16_t accept = b.node({RegexNfa::Kind::Accept});
  b.nfa.start = b.put(t, accept);
  return b.ok ? std::make_shared<RegexNfa>(std::move(b.nfa)) : nullptr;
}

void split_at_required(const Tree& whole, RegexNfa& nfa) {
  std::vector<Tree> parts;
  flatten(whole, parts);
  auto sure = [&](size_t i) {
    return parts[i].kind == Tree::Kind::Set && !parts[i].unsure && !parts[i].wide && parts[i].set.count() == 1 && !parts[i].set.has('\n');
  };
  auto byte_of = [](const Tree& t) {
    int c = 0;
    while (!t.set.has(static_cast<uint8_t>(c))) c++;
    return static_cast<char>(c);
  };
  size_t begin = 0, size = 0, best = 0;
  for (size_t i = 0; i < parts.size(); i++) {
    size_t end = i, rarity = 0;
    for (; end < parts.size() && sure(end); end++) rarity += byte_rarity(byte_of(parts[end]));
    if (end - i > 1 && rarity > best) begin = i, size = end - i, best = rarity;
    i = end;
  }
  if (size < 2) return;
  for (size_t i = begin; i < begin + size; i++) nfa.required += byte_of(parts[i]);
  Tree before, after;
  before.kind = after.kind = Tree::Kind::Sequence;
  before.parts.assign(parts.begin(), parts.begin() + static_cast<long>(begin));
  after.parts.assign(parts.begin() + static_cast<long>(begin + size), parts.end());
  if (!reverse(before)) return;
  auto a = built(before), b = built(after);
  if (!a || !b) return;
  nfa.before = std::move(a);
  nfa.after = std::move(b);
}

}  // namespace

std::optional<RegexNfa> RegexNfa::make(std::string_view text, bool utf8, bool fold, bool classes_unsure, bool lines, bool ascii) {
  auto tree = Reader(text, utf8, fold, classes_unsure, lines, ascii).run();
  if (!tree) return std::nullopt;
  Builder b;
  uint16_t accept = b.node({Kind::Accept});
  b.nfa.start = b.put(*tree, accept);
  if (!b.ok) return std::nullopt;
  if (lines) split_at_required(*tree, b.nfa);
  return std::move(b.nfa);
}

}  // namespace nacre
