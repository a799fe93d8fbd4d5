#include "algo/regex_dfa.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace nacre {

RegexDfa::RegexDfa(RegexNfa nfa) : nfa_(std::move(nfa)) {
  all_.searching = true;
  bool accepts = false;
  Key begin_sets, later_sets;
  std::vector<uint16_t> stack = {nfa_.start};
  spread(stack, true, true, &begin_sets, accepts);
  can_be_empty_ = accepts;
  stack = {nfa_.start};
  accepts = false;
  spread(stack, false, true, &later_sets, accepts);
  only_at_begin_ = later_sets.empty() && !accepts;
  later_at_end_ = accepts;
  stack = {nfa_.start};
  spread(stack, false, false, nullptr, later_anywhere_);
  int count = 0;
  for (int c = 0; c < 256; c++) {
    for (uint16_t n : later_sets) {
      const RegexNfa::Node& node = nfa_.nodes[n];
      if (nfa_.sets[node.set].has(static_cast<uint8_t>(c)) || (node.unsure && c >= 0x80)) first_[c] = 1;
    }
    if (first_[c]) single_first_ = ++count == 1 ? c : -1;
  }
}

// Follows what takes no byte from the nodes on the stack.
void RegexDfa::spread(std::vector<uint16_t>& stack, bool begin, bool end, Key* sets, bool& accepts) const {
  std::vector<bool> seen(nfa_.nodes.size());
  while (!stack.empty()) {
    uint16_t i = stack.back();
    stack.pop_back();
    if (seen[i]) continue;
    seen[i] = true;
    const RegexNfa::Node& n = nfa_.nodes[i];
    switch (n.kind) {
      case RegexNfa::Kind::Set:
        if (sets) sets->push_back(i);
        break;
      case RegexNfa::Kind::Split:
        stack.push_back(n.other);
        stack.push_back(n.next);
        break;
      case RegexNfa::Kind::Begin:
        if (begin) stack.push_back(n.next);
        break;
      case RegexNfa::Kind::End:
        if (end) stack.push_back(n.next);
        break;
      case RegexNfa::Kind::Accept: accepts = true; break;
    }
  }
}

RegexDfa::Key RegexDfa::closure(const Key& from, bool begin) const {
  Key sets;
  bool accepts = false, at_end = false;
  std::vector<uint16_t> stack = from;
  spread(stack, begin, false, &sets, accepts);
  stack = from;
  spread(stack, begin, true, nullptr, at_end);
  std::sort(sets.begin(), sets.end());
  sets.push_back(static_cast<uint16_t>((accepts ? kAccepts : 0) | (at_end ? kAcceptsAtEnd : 0)));
  return sets;
}

uint16_t RegexDfa::state_for(Machine& m, Key key) {
  if (key.size() == 1 && key[0] == 0) return kDead;
  if (auto found = m.known.find(key); found != m.known.end()) return found->second;
  if (m.rows.size() == kMaxStates) {
    useful_ = false;
    return kUnsure;
  }
  auto state = static_cast<uint16_t>(m.rows.size() + kFirst);
  m.rows.emplace_back(Row{});
  m.accepting.push_back(static_cast<uint8_t>(key.back()));
  m.known.emplace(key, state);
  key.pop_back();
  m.sets.push_back(std::move(key));
  return state;
}

uint16_t RegexDfa::start_state(Machine& m, bool begin) {
  uint16_t& state = begin ? m.at_begin : m.later;
  if (state == kNotMade) state = state_for(m, closure({nfa_.start}, begin));
  return state;
}

uint16_t RegexDfa::step(Machine& m, uint16_t state, uint8_t c) {
  Key to;
  bool unsure = false;
  for (uint16_t i : m.sets[state - kFirst]) {
    const RegexNfa::Node& n = nfa_.nodes[i];
    if (n.unsure && c >= 0x80) unsure = true;
    else if (nfa_.sets[n.set].has(c)) to.push_back(n.next);
  }
  if (m.searching) to.push_back(nfa_.start);
  uint16_t next = unsure ? kUnsure : to.empty() ? kDead : state_for(m, closure(to, false));
  m.rows[state - kFirst].next[c] = next;
  return next;
}

RegexDfa::Answer RegexDfa::unknown() {
  // Worth asking while it mostly knows.
  if (++unknown_ >= 32 && unknown_ > asked_ / 4) useful_ = false;
  return Answer::Unknown;
}

// The first byte that can begin a match.
const uint8_t* RegexDfa::skip(const uint8_t* p, const uint8_t* limit) const {
  if (single_first_ >= 0) {
    const void* hit = std::memchr(p, single_first_, static_cast<size_t>(limit - p));
    return hit ? static_cast<const uint8_t*>(hit) : limit;
  }
  while (limit - p >= 4) {
    if (first_[p[0]]) return p;
    if (first_[p[1]]) return p + 1;
    if (first_[p[2]]) return p + 2;
    if (first_[p[3]]) return p + 3;
    p += 4;
  }
  while (p < limit && !first_[*p]) p++;
  return p;
}

// The longest match at `from`. *reached: how far it looked.
RegexDfa::Answer RegexDfa::attempt(const uint8_t* from, const uint8_t* limit, bool begin, const uint8_t*& last, const uint8_t*& reached) {
  uint16_t s = start_state(one_, begin);
  const uint8_t* p = from;
  last = nullptr;
  while (s >= kFirst) {
    const uint16_t* row = one_.rows[s - kFirst].next;
    const uint8_t accepting = one_.accepting[s - kFirst];
    // Staying in a state needs no answer from the byte before: a run goes by fast.
    while (p < limit && row[*p] == s) p++;
    if (accepting & kAccepts) last = p;
    if (p == limit) {
      if (accepting & kAcceptsAtEnd) last = p;
      break;
    }
    uint16_t next = row[*p];
    s = next == kNotMade ? step(one_, s, *p) : next;
    p++;
  }
  reached = p;
  if (s == kUnsure) return Answer::Unknown;
  return last ? Answer::Yes : Answer::No;
}

RegexDfa::Answer RegexDfa::find(std::string_view text, size_t start, size_t& begin, size_t& end) {
  asked_++;
  const auto* base = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* limit = base + text.size();
  const uint8_t* p = base + start;
  const uint8_t* from = p;
  size_t wasted = 0;
  if (only_at_begin_ && start > 0) return Answer::No;
  for (;; p++) {
    bool at_begin = p == base;
    if (!at_begin && !later_anywhere_) {
      p = skip(p, limit);
      if (p == limit && !later_at_end_) return Answer::No;
    }
    const uint8_t *last, *reached;
    Answer a = attempt(p, limit, at_begin, last, reached);
    if (a == Answer::Unknown) return unknown();
    if (a == Answer::Yes) {
      begin = static_cast<size_t>(p - base);
      end = static_cast<size_t>(last - base);
      return a;
    }
    if (p == limit || only_at_begin_) return Answer::No;
    wasted += static_cast<size_t>(reached - p);
    if (wasted > 256 + 4 * static_cast<size_t>(p - from)) return unknown();
  }
}

RegexDfa::Answer RegexDfa::contains(std::string_view text, size_t start) {
  asked_++;
  const auto* base = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* limit = base + text.size();
  const uint8_t* p = base + start;
  if (only_at_begin_) {
    if (start > 0) return Answer::No;
    const uint8_t *last, *reached;
    Answer a = attempt(p, limit, true, last, reached);
    return a == Answer::Unknown ? unknown() : a;
  }
  uint16_t s = start_state(all_, start == 0);
  const uint16_t later = start_state(all_, false);
  while (s >= kFirst) {
    if (all_.accepting[s - kFirst] & kAccepts) return Answer::Yes;
    const uint16_t* row = all_.rows[s - kFirst].next;
    if (s == later) p = skip(p, limit);
    while (p < limit && row[*p] == s) p++;
    if (p == limit) return all_.accepting[s - kFirst] & kAcceptsAtEnd ? Answer::Yes : Answer::No;
    uint16_t next = row[*p];
    s = next == kNotMade ? step(all_, s, *p) : next;
    p++;
  }
  return s == kDead ? Answer::No : unknown();
}

}  // namespace nacre
