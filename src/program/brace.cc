// Brace expansion is textual and comes first, so its structure is known before
// running. Only unquoted literal text counts; everything else is opaque.
// Source: bash manual, "Brace Expansion"; nesting and failure rules observed.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/deep_call.h"
#include "program/lower.h"

namespace nacre {
namespace {

/// One unquoted byte, or one part of another kind.
struct Atom {
  char c = 0;
  const ir::Part* part = nullptr;
};

bool integer(std::string_view s, int64_t* out) {
  if (s.empty() || s.size() > 20) return false;
  std::string text(s);
  size_t i = text[0] == '-' || text[0] == '+' ? 1 : 0;
  if (i == text.size()) return false;
  for (size_t k = i; k < text.size(); k++) {
    if (text[k] < '0' || text[k] > '9') return false;
  }
  errno = 0;
  *out = std::strtoll(text.c_str(), nullptr, 10);
  return errno == 0;
}

bool zero_padded(std::string_view s) {
  if (!s.empty() && (s[0] == '-' || s[0] == '+')) s.remove_prefix(1);
  return s.size() > 1 && s[0] == '0';
}

class BraceFinder {
 public:
  BraceFinder(LowerContext& ctx, std::vector<Atom> atoms) : ctx_(ctx), atoms_(std::move(atoms)), match_(atoms_.size(), 0), close_(atoms_.size(), 0) {
    if (match()) find_closes();
  }

 private:
  /// The brace that balances each '{'. False: they are too deep.
  bool match() {
    // Deeper braces than this are left as text: the recursion below follows them.
    constexpr size_t kDeepest = 10'000;
    std::vector<size_t> open;
    for (size_t i = 0; i < atoms_.size(); i++) {
      if (atoms_[i].c == '{') open.push_back(i);
      if (open.size() > kDeepest) {
        std::fill(match_.begin(), match_.end(), 0);
        return false;
      }
      if (atoms_[i].c == '}' && !open.empty()) {
        match_[open.back()] = i;
        open.pop_back();
      }
    }
    return true;
  }

  /// A comma, or the dots of what may be a range.
  bool separates(size_t i) const {
    if (atoms_[i].c == ',') return true;
    return atoms_[i].c == '.' && i + 1 < atoms_.size() && atoms_[i + 1].c == '.' && (i + 2 >= atoms_.size() || atoms_[i + 2].c != '}');
  }

  /// The brace that ends what each '{' begins: the first one that no other '{' balances and that a separator
  /// stands before. One without is text: {a},b} is "a}" and "b".
  void find_closes() {
    const size_t n = atoms_.size();
    std::vector<size_t> first(n, 0);    // '{': the separator between its braces
    std::vector<size_t> after(n, 0);    // '}': the separator behind it, within the braces around
    std::vector<size_t> lonely(n, 0);   // separator outside of braces: the next '}' that balances nothing
    std::vector<size_t> opener(n, 0), inner{0};
    std::vector<bool> balances(n, false);
    for (size_t i = 0; i < n; i++)
      if (match_[i]) balances[match_[i]] = true;
    size_t next_lonely = 0;
    for (size_t i = n; i-- > 0;) {
      const char c = atoms_[i].c;
      if (c == '}' && balances[i]) {
        after[i] = inner.back();
        inner.push_back(0);
      } else if (c == '}') {
        next_lonely = i;
      } else if (c == '{' && match_[i]) {
        first[i] = inner.back();
        inner.pop_back();
      } else if (c == '{') {   // all behind it is within it
        inner.back() = next_lonely = 0;
      } else if (separates(i)) {
        inner.back() = i;
        lonely[i] = next_lonely;
      }
    }
    constexpr size_t kNone = SIZE_MAX;
    std::vector<size_t> around;
    for (size_t i = 0; i < n; i++) {
      if (atoms_[i].c == '{' && match_[i]) {
        opener[i] = around.empty() ? kNone : around.back();
        around.push_back(i);
      } else if (atoms_[i].c == '}' && balances[i]) {
        around.pop_back();
      }
    }
    for (size_t i = 0; i < n; i++) {
      if (!match_[i] || (i == 0 && match_[i] == 1)) continue;   // a word that begins with {} has no expansion there
      if (first[i]) {
        close_[i] = match_[i];
        continue;
      }
      for (size_t at = i; at != kNone; at = opener[at]) {
        const size_t separator = after[match_[at]];
        if (!separator) continue;
        close_[i] = opener[at] != kNone ? match_[opener[at]] : lonely[separator];
        break;
      }
    }
  }

 public:
  /// A concatenation over [from, to). Sets found_ when a real brace expansion is in it.
  ir::Seq<ir::Brace> concat(size_t from, size_t to) {
    std::vector<ir::Brace> out;
    std::vector<Atom> run;
    for (size_t i = from; i < to; i++) {
      size_t end = atoms_[i].c == '{' ? close_[i] : 0;
      if (end == 0 || end >= to) {
        run.push_back(atoms_[i]);
        continue;
      }
      auto expansion = deep_call([&] { return brace(i + 1, end); });
      if (!expansion) {
        // No comma, no range: the braces stand for themselves.
        run.push_back(atoms_[i]);
        continue;
      }
      flush(run, out);
      out.push_back(*expansion);
      found_ = true;
      i = end;
    }
    flush(run, out);
    return ctx_.arena.copy(out);
  }
  bool found() const { return found_; }
  size_t size() const { return atoms_.size(); }

 private:
  std::optional<ir::Brace> brace(size_t from, size_t to) {
    std::vector<size_t> commas;
    for (size_t i = from; i < to; i++) {
      if (atoms_[i].c == '{' && match_[i] && match_[i] < to) i = match_[i];
      else if (atoms_[i].c == ',') commas.push_back(i);
    }
    if (commas.empty()) return range(from, to);
    ir::Brace b;
    b.kind = ir::Brace::Kind::Alternatives;
    std::vector<ir::Seq<ir::Brace>> alternatives;
    commas.push_back(to);
    size_t begin = from;
    for (size_t comma : commas) {
      alternatives.push_back(concat(begin, comma));
      begin = comma + 1;
    }
    b.alternatives = ctx_.arena.copy(alternatives);
    return b;
  }

  std::optional<ir::Brace> range(size_t from, size_t to) {
    constexpr size_t kLongest = 3 * 20 + 4;   // three numbers and the dots
    if (to - from > kLongest) return std::nullopt;
    std::string s;
    for (size_t i = from; i < to; i++) {
      if (atoms_[i].part) return std::nullopt;
      s += atoms_[i].c;
    }
    size_t dots = s.find("..");
    if (dots == s.npos) return std::nullopt;
    std::string first = s.substr(0, dots), last = s.substr(dots + 2), step;
    bool has_step = false;
    if (size_t more = last.find(".."); more != last.npos) {
      step = last.substr(more + 2);
      last.resize(more);
      has_step = true;
    }
    ir::Brace b;
    b.kind = ir::Brace::Kind::Range;
    if (has_step && !integer(step, &b.step)) return std::nullopt;
    if (integer(first, &b.first) && integer(last, &b.last)) {
      if (zero_padded(first) || zero_padded(last)) b.width = static_cast<int>(std::max(first.size(), last.size()));
    } else if (first.size() == 1 && last.size() == 1 && std::isalpha(static_cast<unsigned char>(first[0])) &&
               std::isalpha(static_cast<unsigned char>(last[0]))) {
      b.characters = true;
      b.first = static_cast<unsigned char>(first[0]);
      b.last = static_cast<unsigned char>(last[0]);
    } else {
      return std::nullopt;
    }
    if (b.step == INT64_MIN) return std::nullopt;
    if (b.step < 0) b.step = -b.step;
    if (b.step == 0) b.step = 1;
    return b;
  }

  void flush(std::vector<Atom>& run, std::vector<ir::Brace>& out) {
    if (run.empty()) return;
    std::vector<ir::Part> parts;
    std::string text;
    auto end_text = [&] {
      if (text.empty()) return;
      ir::Part p{ir::PartKind::Text};
      p.text = ctx_.arena.copy(text);
      p.glob = text.find_first_of("*?[(") != text.npos;
      parts.push_back(p);
      text.clear();
    };
    for (const Atom& a : run) {
      if (!a.part) {
        text += a.c;
        continue;
      }
      end_text();
      parts.push_back(*a.part);
    }
    end_text();
    ir::Brace b;
    b.parts = ctx_.arena.copy(parts);
    out.push_back(b);
    run.clear();
  }

  LowerContext& ctx_;
  std::vector<Atom> atoms_;
  std::vector<size_t> match_, close_;   ///< index of the matching '}', 0 if none
  bool found_ = false;
};

}  // namespace

bool find_braces(LowerContext& ctx, const std::vector<ir::Part>& parts, ir::Word* out) {
  bool possible = false;
  for (const ir::Part& p : parts) possible |= p.kind == ir::PartKind::Text && !p.quoted && p.text.find('{') != p.text.npos;
  if (!possible) return false;
  std::vector<Atom> atoms;
  for (const ir::Part& p : parts) {
    if (p.kind == ir::PartKind::Text && !p.quoted) {
      for (char c : p.text) atoms.push_back({c, nullptr});
    } else {
      atoms.push_back({0, &p});
    }
  }
  BraceFinder finder(ctx, std::move(atoms));
  ir::Seq<ir::Brace> braces = finder.concat(0, finder.size());
  if (!finder.found()) return false;
  out->braces = braces;
  for (const ir::Part& p : parts) out->quoted |= p.quoted && p.kind == ir::PartKind::Text;
  return true;
}

}  // namespace nacre
