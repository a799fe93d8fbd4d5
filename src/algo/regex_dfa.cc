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
  if (key.size() == 1 && key[0] == 0 && &m != &lines_) return kDead;
  if (auto found = m.known.find(key); found != m.known.end()) return found->second;
  if (m.rows.size() == (&m == &lines_ ? kMaxLineStates : kMaxStates)) {
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
  if (p == limit) return limit;   // an empty text may have no address
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

// ---- many lines

void RegexDfa::prepare_lines() {
  lines_.searching = true;
  class_of_.resize(256);
  std::map<std::vector<bool>, uint8_t> classes;
  for (unsigned c = 0; c < 256; c++) {
    std::vector<bool> members(nfa_.sets.size() + 2);
    for (size_t i = 0; i < nfa_.sets.size(); i++) members[i] = nfa_.sets[i].has(static_cast<uint8_t>(c));
    members[nfa_.sets.size()] = c == '\n';
    members[nfa_.sets.size() + 1] = c >= 0x80;   // what nodes may be unsure of
    class_of_[c] = classes.emplace(std::move(members), static_cast<uint8_t>(classes.size())).first->second;
  }
  const uint16_t begin = start_state(lines_, true), later = start_state(lines_, false);
  int count = 0;
  for (int c = 0; c < 256; c++) {
    leaves_[c] = c == '\n' ? begin != later || (lines_.accepting[later - kFirst] & kAcceptsAtEnd) : first_[c];
    if (leaves_[c]) single_leaving_ = ++count == 1 ? c : -1;
  }
  if (!leaves_[static_cast<uint8_t>('\n')]) choose_pair();
  if (pair_ || !nfa_.before) return;
  required_ = BytesFinder(nfa_.required);
  before_ = std::make_unique<RegexDfa>(*nfa_.before);
  after_ = std::make_unique<RegexDfa>(*nfa_.after);
}

// Of the bytes that every match begins with, the two that texts have least.
void RegexDfa::choose_pair() {
  constexpr size_t kFar = 16;
  std::vector<std::pair<char, char>> bytes;
  for (uint16_t i = nfa_.start; bytes.size() < kFar; i = nfa_.nodes[i].next) {
    const RegexNfa::Node& n = nfa_.nodes[i];
    if (n.kind != RegexNfa::Kind::Set || n.unsure || nfa_.sets[n.set].count() > 2 || nfa_.sets[n.set].count() == 0) break;
    int low = 0, high = 255;
    while (!nfa_.sets[n.set].has(static_cast<uint8_t>(low))) low++;
    while (!nfa_.sets[n.set].has(static_cast<uint8_t>(high))) high--;
    bytes.push_back({static_cast<char>(low), static_cast<char>(high)});
  }
  if (bytes.size() < 2) return;
  auto rarity = [&](size_t i) { return std::min(byte_rarity(bytes[i].first), byte_rarity(bytes[i].second)); };
  size_t a = 0, b = 1;
  if (rarity(a) < rarity(b)) std::swap(a, b);
  for (size_t i = 2; i < bytes.size(); i++) {
    if (rarity(i) > rarity(a)) b = std::exchange(a, i);
    else if (rarity(i) > rarity(b)) b = i;
  }
  pair_ = PairFinder{a, b, {bytes[a].first, bytes[a].second}, {bytes[b].first, bytes[b].second}};
}

uint16_t RegexDfa::line_step(uint16_t state, uint8_t c) {
  uint16_t next = kFound;
  if (c == '\n') {
    if (!(lines_.accepting[state - kFirst] & kAcceptsAtEnd)) next = lines_.at_begin;
  } else {
    next = step(lines_, state, c);
    if (next >= kFirst && (lines_.accepting[next - kFirst] & kAccepts)) next = kFound;
  }
  for (unsigned b = 0; b < 256; b++)
    if (class_of_[b] == class_of_[c]) lines_.rows[state - kFirst].next[b] = next;
  return next;
}

void RegexDfa::note_unknown() {
  left_open_ += 128;   // about a line
  if (left_open_ > 16384 && left_open_ > looked_at_ / 4) useful_ = false;
}

// Whether the automaton gets to a match on the way from `from` to `limit`.
template <int direction>
RegexDfa::Answer RegexDfa::reaches(const uint8_t* from, const uint8_t* limit) {
  uint16_t s = start_state(one_, false);
  while (s >= kFirst) {
    const uint8_t accepting = one_.accepting[s - kFirst];
    if (accepting & kAccepts) return Answer::Yes;
    const uint16_t* row = one_.rows[s - kFirst].next;
    while (from != limit && row[direction > 0 ? *from : from[-1]] == s) from += direction;
    if (from == limit) return accepting & kAcceptsAtEnd ? Answer::Yes : Answer::No;
    const uint8_t c = direction > 0 ? *from : from[-1];
    const uint16_t next = row[c];
    s = next == kNotMade ? step(one_, s, c) : next;
    from += direction;
  }
  return s == kUnsure ? Answer::Unknown : Answer::No;
}

// Whether what is required stands in the midst of a match, at `place` or further on in the line.
RegexDfa::Answer RegexDfa::match_around(std::string_view line, size_t place) {
  constexpr int kPlaces = 4;
  const auto* base = reinterpret_cast<const uint8_t*>(line.data());
  for (int i = 0; place != std::string_view::npos; place = required_.find(line, place + 1)) {
    if (++i > kPlaces) {   // the line as a whole takes no longer
      size_t at;
      return find_line_from(line, 0, at);
    }
    const Answer before = before_->reaches<-1>(base + place, base);
    if (before == Answer::No) continue;
    const Answer after = after_->reaches<1>(base + place + required_.needle().size(), base + line.size());
    if (after == Answer::No) continue;
    return before == Answer::Yes ? after : before;
  }
  return Answer::No;
}

RegexDfa::Answer RegexDfa::find_line(std::string_view text, size_t start, size_t& at) {
  if (start >= text.size()) return Answer::No;
  if (class_of_.empty()) prepare_lines();
  if (required_.needle().empty()) return find_line_from(text, start, at);
  looked_at_ += text.size() - start;
  for (size_t from = start;;) {
    at = required_.find(text, from);
    if (at == std::string_view::npos) return Answer::No;
    const void* before = memrchr(text.data() + from, '\n', at - from);
    const size_t line = before ? static_cast<size_t>(static_cast<const char*>(before) - text.data()) + 1 : from;
    const size_t end = std::min(text.find('\n', at), text.size());
    const Answer answer = match_around(text.substr(line, end - line), at - line);
    if (answer == Answer::Unknown) note_unknown();
    if (answer != Answer::No) return answer;
    from = end + 1;
    if (from >= text.size()) return Answer::No;
  }
}

// Without a look for what is required.
RegexDfa::Answer RegexDfa::find_line_from(std::string_view text, size_t start, size_t& at) {
  if (text.empty()) return Answer::No;
  if (lines_.accepting[lines_.at_begin - kFirst] & kAccepts) {
    at = start;
    return Answer::Yes;
  }
  const auto* base = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* limit = base + text.size();
  const uint8_t* p = base + start;
  uint16_t s = lines_.at_begin;
  for (;;) {
    if (s == lines_.later) {
      if (pair_) {
        p = base + std::min(pair_->find(text, static_cast<size_t>(p - base)), text.size());
      } else if (single_leaving_ >= 0) {
        const void* hit = std::memchr(p, single_leaving_, static_cast<size_t>(limit - p));
        p = hit ? static_cast<const uint8_t*>(hit) : limit;
      } else {
        while (limit - p >= 4 && !(leaves_[p[0]] | leaves_[p[1]] | leaves_[p[2]] | leaves_[p[3]])) p += 4;
        while (p < limit && !leaves_[*p]) p++;
      }
    }
    const uint16_t* row = lines_.rows[s - kFirst].next;
    while (p < limit && row[*p] == s) p++;
    if (p == limit) break;
    uint16_t next = row[*p];
    if (next == kNotMade) next = line_step(s, *p);
    if (next < kFirst) {
      at = static_cast<size_t>(p - base);
      looked_at_ += at - start;
      if (next == kFound) return Answer::Yes;
      note_unknown();
      return Answer::Unknown;
    }
    s = next;
    p++;
  }
  looked_at_ += text.size() - start;
  if (text.back() != '\n' && (lines_.accepting[s - kFirst] & kAcceptsAtEnd)) {
    at = text.size();
    return Answer::Yes;
  }
  return Answer::No;
}

}  // namespace nacre
