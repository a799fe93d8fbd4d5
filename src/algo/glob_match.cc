/// The matcher for patterns without groups. `*` cuts the pattern into segments;
/// a segment always takes the same number of characters, so leftmost (or
/// rightmost) placement of each segment decides every question without search.
#include <cstring>

#include "algo/glob.h"
#include "algo/glob_sets.h"
#include "base/run_watch.h"
#include "base/utf8.h"

namespace nacre {

struct GlobLinear {
  static constexpr size_t npos = Glob::npos;
  struct Segment {
    const Glob::Item* begin;
    const Glob::Item* end;
    bool empty() const { return begin == end; }
  };

  const Glob& g;
  std::string_view text;

  bool utf8() const { return g.flags_ & kGlobUtf8; }

  size_t next(size_t at) const {
    if (!utf8() || static_cast<unsigned char>(text[at]) < 0x80) return at + 1;
    return at + utf8::decode(text.substr(at)).length;
  }

  // The character before `at`; characters of UTF-8 can be found backwards.
  size_t previous(size_t at) const {
    if (!utf8() || static_cast<unsigned char>(text[at - 1]) < 0x80) return at - 1;
    for (size_t n = 2; n <= 4 && n <= at; n++) {
      unsigned char lead = static_cast<unsigned char>(text[at - n]);
      if (lead < 0x80) break;
      if (lead < 0xc0) continue;
      return utf8::decode(text.substr(at - n)).length == n ? at - n : at - 1;
    }
    return at - 1;
  }

  Segment first() const { return cut(g.top_.data()); }
  Segment cut(const Glob::Item* from) const {
    const Glob::Item* end = g.top_.data() + g.top_.size();
    const Glob::Item* to = from;
    while (to != end && to->kind != Glob::Kind::Star) to++;
    return {from, to};
  }
  bool last(Segment s) const { return s.end == g.top_.data() + g.top_.size(); }
  Segment after(Segment s) const { return cut(s.end + 1); }
  Segment before(Segment s) const { return cut_back(s.begin - 1); }
  Segment cut_back(const Glob::Item* end) const {
    const Glob::Item* from = end;
    while (from != g.top_.data() && from[-1].kind != Glob::Kind::Star) from--;
    return {from, end};
  }

  size_t place(Segment s, size_t at) const {
    for (const Glob::Item* i = s.begin; i != s.end && at != npos; i++) at = g.step(*i, text, at);
    return at;
  }

  size_t characters(Segment s) const {
    size_t n = 0;
    for (const Glob::Item* i = s.begin; i != s.end; i++) {
      if (i->kind != Glob::Kind::Text) n++;
      else n += utf8() ? utf8::length(std::string_view(g.pool_).substr(i->index, i->length)) : i->length;
    }
    return n;
  }

  // Where s begins when it must end at `end`; npos: it does not fit above `low`.
  size_t place_back(Segment s, size_t low, size_t end) const {
    size_t at = end;
    for (size_t n = characters(s); n > 0; n--) {
      if (at <= low) return npos;
      at = previous(at);
    }
    return at >= low && place(s, at) == end ? at : npos;
  }

  bool find_first(Segment s, size_t from, Glob::Span& out) const {
    if (s.empty()) {
      out = {from, from};
      return true;
    }
    bool by_byte = s.begin->kind == Glob::Kind::Text && !(g.flags_ & kGlobFoldCase);
    char lead = by_byte ? g.pool_[s.begin->index] : 0;
    for (size_t at = from; at <= text.size();) {
      if (by_byte) {
        const void* hit = std::memchr(text.data() + at, lead, text.size() - at);
        if (!hit) return false;
        at = static_cast<size_t>(static_cast<const char*>(hit) - text.data());
      }
      size_t end = place(s, at);
      if (end != npos) {
        out = {at, end};
        return true;
      }
      if (at == text.size() || given_up(at)) return false;
      at = next(at);
    }
    return false;
  }

  // In a long text: the run has to end, so the answer no longer matters.
  static bool given_up(size_t at) { return (at & 0xffff) == 0 && should_stop(); }

  // Rightmost place within [low, high].
  bool find_last(Segment s, size_t low, size_t high, Glob::Span& out) const {
    if (s.empty()) {
      out = {high, high};
      return true;
    }
    for (size_t at = high;; at = previous(at)) {
      size_t end = place(s, at);
      if (end != npos && end <= high) {
        out = {at, end};
        return true;
      }
      if (at <= low || given_up(at)) return false;
    }
  }

  bool gap_allowed(size_t from, size_t to) const {
    if (!(g.flags_ & (kGlobPathname | kGlobPeriod))) return true;
    if (g.barred_dot(text, from)) return false;
    return !(g.flags_ & kGlobPathname) || !std::memchr(text.data() + from, '/', to - from);
  }

  bool match() const {
    Segment s = first();
    size_t at = place(s, 0);
    if (at == npos || last(s)) return at == text.size();
    for (s = after(s); !last(s); s = after(s)) {
      Glob::Span found;
      if (!find_first(s, at, found) || !gap_allowed(at, found.begin)) return false;
      at = found.end;
    }
    size_t begin = place_back(s, at, text.size());
    return begin != npos && gap_allowed(at, begin);
  }

  // End of the longest (or shortest) match whose first segment ended at `at`.
  size_t extend(Segment s, size_t at, bool longest) const {
    if (last(s)) return at;
    Glob::Span found;
    for (s = after(s); !last(s); s = after(s)) {
      if (!find_first(s, at, found)) return npos;
      at = found.end;
    }
    if (!longest) return find_first(s, at, found) ? found.end : npos;
    return find_last(s, at, text.size(), found) ? found.end : npos;
  }

  size_t prefix(bool longest) const {
    Segment s = first();
    size_t at = place(s, 0);
    return at == npos ? npos : extend(s, at, longest);
  }

  Segment final_segment() const { return cut_back(g.top_.data() + g.top_.size()); }

  size_t longest_suffix() const {
    Segment tail = final_segment();
    size_t limit = place_back(tail, 0, text.size());
    if (limit == npos || tail.begin == g.top_.data()) return limit;
    Glob::Span found{0, 0};
    size_t begin = npos, at = 0;
    for (Segment s = first(); !last(s); s = after(s)) {
      if (!find_first(s, at, found)) return npos;
      if (begin == npos) begin = found.begin;
      at = found.end;
    }
    return at <= limit ? begin : npos;
  }

  size_t shortest_suffix() const {
    Segment s = final_segment();
    size_t at = place_back(s, 0, text.size());
    while (at != npos && s.begin != g.top_.data()) {
      s = before(s);
      Glob::Span found;
      if (!find_last(s, 0, at, found)) return npos;
      at = found.begin;
    }
    return at;
  }

  bool find(size_t from, Glob::Span& out) const {
    Segment s = first();
    if (!find_first(s, from, out)) return false;
    out.end = extend(s, out.end, true);
    return out.end != npos;
  }
};

bool Glob::match(std::string_view text) const {
  if (literal_only_ && !(flags_ & kGlobFoldCase)) return text == literal_;
  switch (shape_) {
    case Shape::TextStar: return text.starts_with(literal_);
    case Shape::StarText: return text.ends_with(literal_);
    case Shape::StarTextStar: return text.find(literal_) != npos;
    case Shape::Any: break;
  }
  if (has_groups_) return GlobSets(*this, text).match();
  return GlobLinear{*this, text}.match();
}

size_t Glob::longest_prefix(std::string_view text) const { return has_groups_ ? GlobSets(*this, text).prefix(true) : GlobLinear{*this, text}.prefix(true); }
size_t Glob::shortest_prefix(std::string_view text) const { return has_groups_ ? GlobSets(*this, text).prefix(false) : GlobLinear{*this, text}.prefix(false); }
size_t Glob::longest_suffix(std::string_view text) const { return has_groups_ ? GlobSets(*this, text).suffix(true) : GlobLinear{*this, text}.longest_suffix(); }
size_t Glob::shortest_suffix(std::string_view text) const {
  return has_groups_ ? GlobSets(*this, text).suffix(false) : GlobLinear{*this, text}.shortest_suffix();
}
bool Glob::find(std::string_view text, size_t from, Span& out) const {
  return has_groups_ ? GlobSets(*this, text).find(from, out) : GlobLinear{*this, text}.find(from, out);
}

}  // namespace nacre
