#include "algo/glob_sets.h"

#include <cstring>

#include "base/deep_call.h"
#include "base/run_watch.h"
#include "base/utf8.h"

namespace nacre {

size_t GlobSets::next(size_t at) const {
  if (at >= text_.size()) return at + 1;
  if (!(g_.flags_ & kGlobUtf8) || static_cast<unsigned char>(text_[at]) < 0x80) return at + 1;
  return at + utf8::decode(text_.substr(at)).length;
}

// Appends [low, high] to a set whose members are all below or touching it.
void GlobSets::add(Set& set, size_t low, size_t high) const {
  if (!set.empty() && low <= next(set.back().high)) {
    if (high > set.back().high) set.back().high = high;
    return;
  }
  set.push_back({low, high});
}

// Groups may take long: the run is asked now and then whether it has to end; the answer then no
// longer matters.
bool GlobSets::given_up() {
  if (!stopped_ && (++rounds_ & 63) == 0) stopped_ = should_stop();
  return stopped_;
}

GlobSets::Set GlobSets::unite(const Set& a, const Set& b) const {
  if (a.empty()) return b;
  if (b.empty()) return a;
  Set out;
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    bool left = j == b.size() || (i < a.size() && a[i].low <= b[j].low);
    const Interval& x = left ? a[i++] : b[j++];
    add(out, x.low, x.high);
  }
  return out;
}

GlobSets::Set GlobSets::subtract(const Set& a, const Set& b) const {
  Set out;
  size_t j = 0;
  for (Interval x : a) {
    while (j < b.size() && b[j].high < x.low) j++;
    size_t k = j;
    bool left = true;
    while (left && k < b.size() && b[k].low <= x.high) {
      for (size_t p = x.low; p < b[k].low; p = next(p)) add(out, p, p);
      left = b[k].high < x.high;
      if (left) x.low = next(b[k].high);
      k++;
    }
    if (left) add(out, x.low, x.high);
  }
  return out;
}

// How far a star may reach from `at`.
size_t GlobSets::limit(size_t at) const {
  if (!(g_.flags_ & kGlobPathname)) return text_.size();
  size_t slash = text_.find('/', at);
  return slash == std::string_view::npos ? text_.size() : slash;
}

GlobSets::Set GlobSets::run_star(const Set& in) {
  Set out;
  for (const Interval& x : in) {
    for (size_t p = x.low; p <= x.high;) {
      if (g_.barred_dot(text_, p)) {
        p = next(p);
        continue;
      }
      size_t end = limit(p);
      add(out, p, end);
      p = end < x.high ? next(end) : x.high + 1;
    }
  }
  return out;
}

GlobSets::Set GlobSets::run_item(const Glob::Item& item, const Set& in) {
  if (item.kind == Glob::Kind::Star) return run_star(in);
  if (item.kind == Glob::Kind::Group) return run_group(item, in);
  Set out;
  bool by_byte = item.kind == Glob::Kind::Text && !(g_.flags_ & kGlobFoldCase);
  for (const Interval& x : in) {
    for (size_t p = x.low; p <= x.high; p = next(p)) {
      if (by_byte && x.high > x.low) {
        const void* hit = std::memchr(text_.data() + p, g_.pool_[item.index], text_.size() - p);
        if (!hit) break;
        p = static_cast<size_t>(static_cast<const char*>(hit) - text_.data());
        if (p > x.high) break;
      }
      size_t end = g_.step(item, text_, p);
      if (end != Glob::npos) add(out, end, end);
    }
  }
  return out;
}

GlobSets::Set GlobSets::run_alternatives(const Glob::Group& group, const Set& in) {
  Set out;
  for (const auto& seq : group) out = unite(out, run(seq, in));
  return out;
}

GlobSets::Set GlobSets::run_group(const Glob::Item& item, const Set& in) {
  if (item.op == '!') return run_not(item, in);
  const Glob::Group& group = g_.groups_[item.index];
  Set once = run_alternatives(group, in);
  if (item.op == '@') return once;
  if (item.op == '?') return unite(in, once);
  Set reached = once, front = once;
  while (!front.empty() && !given_up()) {
    front = subtract(run_alternatives(group, front), reached);
    reached = unite(reached, front);
  }
  return item.op == '*' ? unite(in, reached) : reached;
}

const GlobSets::Set& GlobSets::not_from(const Glob::Item& item, size_t at) {
  uint64_t key = static_cast<uint64_t>(item.index) << 40 | at;
  auto found = memo_.find(key);
  if (found != memo_.end()) return found->second;
  Set out;
  Set bad = run_alternatives(g_.groups_[item.index], {{at, at}});
  // A leading period that must be named cannot be matched by saying what it is not.
  if (!g_.barred_dot(text_, at)) out = subtract({{at, limit(at)}}, bad);
  return memo_.emplace(key, std::move(out)).first->second;
}

GlobSets::Set GlobSets::run_not(const Glob::Item& item, const Set& in) {
  Set out;
  for (const Interval& x : in) {
    for (size_t p = x.low; p <= x.high && !given_up(); p = next(p)) out = unite(out, not_from(item, p));
  }
  return out;
}

GlobSets::Set GlobSets::run(const Glob::Sequence& seq, Set in) {
  for (const auto& item : seq) {
    if (in.empty() || given_up()) break;
    in = item.kind == Glob::Kind::Group ? deep_call([&] { return run_item(item, in); }) : run_item(item, in);
  }
  return in;
}

bool GlobSets::match() {
  Set ends = run(g_.top_, {{0, 0}});
  return !ends.empty() && ends.back().high == text_.size();
}

size_t GlobSets::prefix(bool longest) {
  Set ends = run(g_.top_, {{0, 0}});
  if (ends.empty()) return Glob::npos;
  return longest ? ends.back().high : ends.front().low;
}

size_t GlobSets::suffix(bool longest) {
  size_t best = Glob::npos;
  for (size_t at = 0; at <= text_.size() && !given_up(); at = next(at)) {
    Set ends = run(g_.top_, {{at, at}});
    if (ends.empty() || ends.back().high != text_.size()) continue;
    best = at;
    if (longest) break;
  }
  return best;
}

bool GlobSets::find(size_t from, Glob::Span& out) {
  for (size_t at = from; at <= text_.size() && !given_up(); at = next(at)) {
    Set ends = run(g_.top_, {{at, at}});
    if (ends.empty()) continue;
    out = {at, ends.back().high};
    return true;
  }
  return false;
}

}  // namespace nacre
