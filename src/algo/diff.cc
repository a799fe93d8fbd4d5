#include "algo/diff.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace nacre {
namespace {

using Index = int64_t;

class Myers {
 public:
  Myers(std::span<const uint32_t> a, std::span<const uint32_t> b, const std::function<void(uint32_t)>& tick, bool fast)
      : a_(a),
        b_(b),
        tick_(tick),
        fast_(fast),
        forward_(std::make_unique_for_overwrite<Index[]>(a.size() + b.size() + 3)),
        backward_(std::make_unique_for_overwrite<Index[]>(a.size() + b.size() + 3)),
        origin_(static_cast<Index>(b.size()) + 1),
        gone(a.size()),
        fresh(b.size()) {
    // About the square root of the number of diagonals, but not too little.
    for (size_t n = a.size() + b.size() + 3; n; n >>= 2) patience_ <<= 1;
    patience_ = std::max<Index>(patience_, 4096);
  }

  // Marks what differs in a[x, x_end) against b[y, y_end).
  void compare(Index x, Index x_end, Index y, Index y_end, bool minimal) {
    for (;;) {
      while (x < x_end && y < y_end && same(x, y)) x++, y++;
      while (x < x_end && y < y_end && same(x_end - 1, y_end - 1)) x_end--, y_end--;
      if (x == x_end) {
        for (; y < y_end; y++) fresh[static_cast<size_t>(y)] = true;
        return;
      }
      if (y == y_end) {
        for (; x < x_end; x++) gone[static_cast<size_t>(x)] = true;
        return;
      }
      Middle m = middle(x, x_end, y, y_end, minimal);
      // The smaller half recurses: the stack stays logarithmic.
      if (m.x + m.y - x - y <= x_end + y_end - m.x - m.y) {
        compare(x, m.x, y, m.y, m.low_minimal);
        x = m.x, y = m.y, minimal = m.high_minimal;
      } else {
        compare(m.x, x_end, m.y, y_end, m.high_minimal);
        x_end = m.x, y_end = m.y, minimal = m.low_minimal;
      }
    }
  }

 private:
  /// Where to cut, and whether each part is still to be searched for the least set.
  struct Middle {
    Index x, y;
    bool low_minimal = true, high_minimal = true;
  };
  struct Box {
    Index x0, x1, y0, y1;
  };
  static constexpr Index kFar = INT64_MAX, kSnake = 20;

  bool same(Index x, Index y) const { return a_[static_cast<size_t>(x)] == b_[static_cast<size_t>(y)]; }
  Index& fwd(Index d) { return forward_[static_cast<size_t>(d + origin_)]; }
  Index& bwd(Index d) { return backward_[static_cast<size_t>(d + origin_)]; }

  // A point of a shortest path, from both ends; diagonals are numbered x - y. The order of
  // the searches and ties are those of gnulib's diffseq.h: equal scripts come out equal.
  Middle middle(Index x0, Index x1, Index y0, Index y1, bool minimal) {
    const Index least = x0 - y1, most = x1 - y0, fmid = x0 - y0, bmid = x1 - y1;
    Index fmin = fmid, fmax = fmid, bmin = bmid, bmax = bmid;
    const bool odd = (fmid - bmid) & 1;
    fwd(fmid) = x0;
    bwd(bmid) = x1;
    for (Index cost = 1;; cost++) {
      bool long_snake = false;
      fmin > least ? fwd(--fmin - 1) = -1 : ++fmin;
      fmax < most ? fwd(++fmax + 1) = -1 : --fmax;
      for (Index d = fmax; d >= fmin; d -= 2) {
        Index low = fwd(d - 1), high = fwd(d + 1), from = low < high ? high : low + 1, x = from, y = x - d;
        while (x < x1 && y < y1 && same(x, y)) x++, y++;
        long_snake = long_snake || x - from > kSnake;
        fwd(d) = x;
        if (odd && bmin <= d && d <= bmax && bwd(d) <= x) return {x, y};
      }
      bmin > least ? bwd(--bmin - 1) = kFar : ++bmin;
      bmax < most ? bwd(++bmax + 1) = kFar : --bmax;
      for (Index d = bmax; d >= bmin; d -= 2) {
        Index low = bwd(d - 1), high = bwd(d + 1), from = low < high ? low : high - 1, x = from, y = x - d;
        while (x0 < x && y0 < y && same(x - 1, y - 1)) x--, y--;
        long_snake = long_snake || from - x > kSnake;
        bwd(d) = x;
        if (!odd && fmin <= d && d <= fmax && x <= fwd(d)) return {x, y};
      }
      tick_(static_cast<uint32_t>(fmax - fmin + bmax - bmin) / 8 + 1);
      if (minimal) continue;
      const Box box{x0, x1, y0, y1};
      Middle found{};
      if (fast_ && cost > 200 && long_snake && (good_forward(box, fmin, fmax, cost, found) || good_backward(box, bmin, bmax, cost, found))) return found;
      if (cost >= patience_) return furthest(box, fmin, fmax, bmin, bmax);
    }
  }

  // A diagonal that got much further than its cost, and ends in a run of equal lines.
  bool good_forward(const Box& r, Index fmin, Index fmax, Index cost, Middle& out) {
    Index best = 0;
    for (Index d = fmax; d >= fmin; d -= 2) {
      Index off = d - (r.x0 - r.y0), x = fwd(d), y = x - d, gain = (x - r.x0) * 2 - off;
      if (gain <= 12 * (cost + std::abs(off)) || gain <= best || r.x0 + kSnake > x || x >= r.x1 || r.y0 + kSnake > y || y >= r.y1) continue;
      Index k = 1;
      while (k <= kSnake && same(x - k, y - k)) k++;
      if (k > kSnake) best = gain, out = {x, y, true, false};
    }
    return best > 0;
  }
  bool good_backward(const Box& r, Index bmin, Index bmax, Index cost, Middle& out) {
    Index best = 0;
    for (Index d = bmax; d >= bmin; d -= 2) {
      Index off = d - (r.x1 - r.y1), x = bwd(d), y = x - d, gain = (r.x1 - x) * 2 + off;
      if (gain <= 12 * (cost + std::abs(off)) || gain <= best || r.x0 >= x || x > r.x1 - kSnake || r.y0 >= y || y > r.y1 - kSnake) continue;
      Index k = 0;
      while (k < kSnake && same(x + k, y + k)) k++;
      if (k == kSnake) best = gain, out = {x, y, false, true};
    }
    return best > 0;
  }

  // Patience is over: the point that either search came furthest to.
  Middle furthest(const Box& r, Index fmin, Index fmax, Index bmin, Index bmax) {
    Index front = -1, front_x = 0, back = kFar, back_x = 0;
    for (Index d = fmax; d >= fmin; d -= 2) {
      Index x = std::min(fwd(d), r.x1), y = x - d;
      if (r.y1 < y) x = r.y1 + d, y = r.y1;
      if (front < x + y) front = x + y, front_x = x;
    }
    for (Index d = bmax; d >= bmin; d -= 2) {
      Index x = std::max(r.x0, bwd(d)), y = x - d;
      if (y < r.y0) x = r.y0 + d, y = r.y0;
      if (x + y < back) back = x + y, back_x = x;
    }
    if (r.x1 + r.y1 - back < front - (r.x0 + r.y0)) return {front_x, front - front_x, true, false};
    return {back_x, back - back_x, false, true};
  }

  std::span<const uint32_t> a_, b_;
  const std::function<void(uint32_t)>& tick_;
  bool fast_;
  Index patience_ = 1;
  std::unique_ptr<Index[]> forward_, backward_;   // each is set before it is read; most never are
  Index origin_;

 public:
  std::vector<bool> gone, fresh;
};

// Moves each run of changed lines as far down as it goes, joining runs it meets; but back up
// to face a run of changes in the other file when there is one (GNU's shift_boundaries).
void shift(std::span<const uint32_t> line, std::vector<bool>& changed, const std::vector<bool>& other) {
  const size_t n = line.size();
  auto at = [](const std::vector<bool>& v, size_t i) { return i < v.size() && v[i]; };
  size_t i = 0, j = 0;
  for (;;) {
    while (i < n && !changed[i]) {
      while (at(other, j++)) {
      }
      i++;
    }
    if (i == n) return;
    size_t start = i, facing;
    while (at(changed, ++i)) {
    }
    while (at(other, j)) j++;
    size_t length;
    do {
      length = i - start;
      while (start && line[start - 1] == line[i - 1]) {
        changed[--start] = true;
        changed[--i] = false;
        while (start && changed[start - 1]) start--;
        while (j && at(other, --j)) {
        }
      }
      facing = j && at(other, j - 1) ? i : n;
      while (i != n && line[start] == line[i]) {
        changed[start++] = false;
        changed[i++] = true;
        while (at(changed, i)) i++;
        while (at(other, ++j)) facing = i;
      }
    } while (length != i - start);
    while (facing < i) {
      changed[--start] = true;
      changed[--i] = false;
      while (j && at(other, --j)) {
      }
    }
  }
}

// What to leave out of the search: lines without a partner, and among them lines with so many
// partners that matching them would say little.
class Chaff {
 public:
  enum Kind : uint8_t { Keep, Lone, Common };

  /// partners: how many lines of the other have each number.
  Chaff(std::span<const uint32_t> lines, const std::vector<uint32_t>& partners) : kind_(lines.size()) {
    size_t many = 5;   // times the square root of size / 64
    for (size_t n = lines.size() / 64; (n >>= 2) > 0;) many *= 2;
    for (size_t i = 0; i < lines.size(); i++) {
      const size_t n = lines[i] < partners.size() ? partners[lines[i]] : 0;
      kind_[i] = n == 0 ? Lone : n > many ? Common : Keep;
    }
    for (size_t i = 0; i < kind_.size(); i++) {
      if (kind_[i] == Common) kind_[i] = Keep;
      else if (kind_[i] == Lone) i = settle_run(i);
    }
  }
  bool left_out(size_t i) const { return kind_[i] != Keep; }

 private:
  // A run of lines that may be left out begins at i with a lone one. Decides about the common
  // lines in it; returns its last line.
  size_t settle_run(size_t i) {
    size_t end = i, common = 0;
    for (; end < kind_.size() && kind_[end] != Keep; end++) common += kind_[end] == Common;
    while (end > i && kind_[end - 1] == Common) kind_[--end] = Keep, common--;
    const size_t length = end - i;
    if (common * 4 > length) {
      std::replace(kind_.begin() + static_cast<long>(i), kind_.begin() + static_cast<long>(end), Common, Keep);
      return end - 1;
    }
    keep_subruns(i, length);
    keep_edge([&](size_t k) -> Kind& { return kind_[i + k]; }, length);
    keep_edge([&](size_t k) -> Kind& { return kind_[end - 1 - k]; }, length);
    return end - 1;
  }

  // Many common lines in a row are kept after all: about sqrt(length / 4) of them.
  void keep_subruns(size_t i, size_t length) {
    size_t limit = 1;
    for (size_t n = length >> 2; (n >>= 2) > 0;) limit <<= 1;
    limit++;
    for (size_t from = 0; from < length;) {
      size_t to = from;
      while (to < length && kind_[i + to] == Common) to++;
      if (to - from >= limit) std::fill_n(kind_.begin() + static_cast<long>(i + from), to - from, Keep);
      from = to + 1;
    }
  }

  // Common lines near an edge of the run are kept, up to three lone ones in a row or a lone one
  // eight lines in.
  template <class At>
  void keep_edge(At at, size_t length) {
    size_t in_a_row = 0;
    for (size_t k = 0; k < length && in_a_row < 3; k++) {
      Kind& kind = at(k);
      if (k >= 8 && kind == Lone) return;
      in_a_row = kind == Lone ? in_a_row + 1 : 0;
      kind = kind == Common ? Keep : kind;
    }
  }

  std::vector<Kind> kind_;
};

// How many lines have each number.
std::vector<uint32_t> count(std::span<const uint32_t> lines) {
  std::vector<uint32_t> out;
  for (uint32_t line : lines) {
    if (line >= out.size()) out.resize(std::max<size_t>(line + 1, 2 * out.size()));
    out[line]++;
  }
  return out;
}

// The lines of `from` that take part in the search; the rest is marked changed.
std::vector<uint32_t> kept(std::span<const uint32_t> from, std::span<const uint32_t> other, bool minimal, std::vector<size_t>& at, std::vector<bool>& changed) {
  std::vector<uint32_t> out;
  std::optional<Chaff> chaff;
  if (!minimal) chaff.emplace(from, count(other));
  for (size_t i = 0; i < from.size(); i++) {
    if (chaff && chaff->left_out(i)) {
      changed[i] = true;
      continue;
    }
    out.push_back(from[i]);
    at.push_back(i);
  }
  return out;
}

}  // namespace

std::vector<DiffRange> diff_ranges(std::span<const uint32_t> a, std::span<const uint32_t> b, const std::function<void(uint32_t)>& tick, DiffEffort effort) {
  const bool minimal = effort == DiffEffort::Minimal || effort == DiffEffort::Plain;
  std::vector<bool> gone(a.size()), fresh(b.size());
  std::vector<size_t> a_at, b_at;
  std::vector<uint32_t> a_kept = kept(a, b, minimal, a_at, gone), b_kept = kept(b, a, minimal, b_at, fresh);
  Myers m(a_kept, b_kept, tick, effort == DiffEffort::Fast);
  m.compare(0, static_cast<Index>(a_kept.size()), 0, static_cast<Index>(b_kept.size()), minimal);
  for (size_t i = 0; i < a_at.size(); i++) gone[a_at[i]] = m.gone[i];
  for (size_t i = 0; i < b_at.size(); i++) fresh[b_at[i]] = m.fresh[i];
  if (effort != DiffEffort::Plain) {
    shift(a, gone, fresh);
    shift(b, fresh, gone);
  }
  std::vector<DiffRange> out;
  for (size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    DiffRange r{i, j, 0, 0};
    while (i < a.size() && gone[i]) i++, r.deleted++;
    while (j < b.size() && fresh[j]) j++, r.inserted++;
    if (r.deleted || r.inserted) out.push_back(r);
    else i++, j++;
  }
  return out;
}

}  // namespace nacre
