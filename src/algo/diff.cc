#include "algo/diff.h"

#include <unordered_set>

namespace nacre {
namespace {

using Index = int64_t;

class Myers {
 public:
  Myers(std::span<const uint32_t> a, std::span<const uint32_t> b, const std::function<void(uint32_t)>& tick)
      : a_(a), b_(b), tick_(tick), forward_(a.size() + b.size() + 3), backward_(forward_.size()),
        origin_(static_cast<Index>(b.size()) + 1), gone(a.size()), fresh(b.size()) {}

  // Marks what differs in a[x, x_end) against b[y, y_end).
  void compare(Index x, Index x_end, Index y, Index y_end) {
    while (x < x_end && y < y_end && same(x, y)) x++, y++;
    while (x < x_end && y < y_end && same(x_end - 1, y_end - 1)) x_end--, y_end--;
    if (x == x_end) {
      for (; y < y_end; y++) fresh[static_cast<size_t>(y)] = true;
    } else if (y == y_end) {
      for (; x < x_end; x++) gone[static_cast<size_t>(x)] = true;
    } else {
      auto [mid_x, mid_y] = middle(x, x_end, y, y_end);
      compare(x, mid_x, y, mid_y);
      compare(mid_x, x_end, mid_y, y_end);
    }
  }

 private:
  struct Point { Index x, y; };
  bool same(Index x, Index y) const { return a_[static_cast<size_t>(x)] == b_[static_cast<size_t>(y)]; }
  Index& fwd(Index d) { return forward_[static_cast<size_t>(d + origin_)]; }
  Index& bwd(Index d) { return backward_[static_cast<size_t>(d + origin_)]; }

  // A point of a shortest path, from both ends; diagonals are numbered x - y. The order of
  // the searches and ties are those of gnulib's diffseq.h: equal scripts come out equal.
  Point middle(Index x0, Index x1, Index y0, Index y1) {
    const Index least = x0 - y1, most = x1 - y0, fmid = x0 - y0, bmid = x1 - y1;
    Index fmin = fmid, fmax = fmid, bmin = bmid, bmax = bmid;
    const bool odd = (fmid - bmid) & 1;
    fwd(fmid) = x0;
    bwd(bmid) = x1;
    for (;;) {
      fmin > least ? fwd(--fmin - 1) = -1 : ++fmin;
      fmax < most ? fwd(++fmax + 1) = -1 : --fmax;
      for (Index d = fmax; d >= fmin; d -= 2) {
        Index low = fwd(d - 1), high = fwd(d + 1), x = low < high ? high : low + 1, y = x - d;
        while (x < x1 && y < y1 && same(x, y)) x++, y++;
        fwd(d) = x;
        if (odd && bmin <= d && d <= bmax && bwd(d) <= x) return {x, y};
      }
      bmin > least ? bwd(--bmin - 1) = kFar : ++bmin;
      bmax < most ? bwd(++bmax + 1) = kFar : --bmax;
      for (Index d = bmax; d >= bmin; d -= 2) {
        Index low = bwd(d - 1), high = bwd(d + 1), x = low < high ? low : high - 1, y = x - d;
        while (x0 < x && y0 < y && same(x - 1, y - 1)) x--, y--;
        bwd(d) = x;
        if (!odd && fmin <= d && d <= fmax && x <= fwd(d)) return {x, y};
      }
      tick_(static_cast<uint32_t>(fmax - fmin + bmax - bmin) / 8 + 1);
    }
  }

  static constexpr Index kFar = INT64_MAX;
  std::span<const uint32_t> a_, b_;
  const std::function<void(uint32_t)>& tick_;
  std::vector<Index> forward_, backward_;
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
      while (at(other, j++)) {}
      i++;
    }
    if (i == n) return;
    size_t start = i, facing;
    while (at(changed, ++i)) {}
    while (at(other, j)) j++;
    size_t length;
    do {
      length = i - start;
      while (start && line[start - 1] == line[i - 1]) {
        changed[--start] = true;
        changed[--i] = false;
        while (start && changed[start - 1]) start--;
        while (j && at(other, --j)) {}
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
      while (j && at(other, --j)) {}
    }
  }
}

// What of `from` occurs in `other`; the rest is marked changed and needs no search.
std::vector<uint32_t> shared(std::span<const uint32_t> from, std::span<const uint32_t> other, std::vector<size_t>& at,
                             std::vector<bool>& changed) {
  const std::unordered_set<uint32_t> known(other.begin(), other.end());
  std::vector<uint32_t> kept;
  for (size_t i = 0; i < from.size(); i++) {
    if (!known.contains(from[i])) { changed[i] = true; continue; }
    kept.push_back(from[i]);
    at.push_back(i);
  }
  return kept;
}

}  // namespace

std::vector<DiffRange> diff_ranges(std::span<const uint32_t> a, std::span<const uint32_t> b,
                                   const std::function<void(uint32_t)>& tick) {
  std::vector<bool> gone(a.size()), fresh(b.size());
  std::vector<size_t> a_at, b_at;
  std::vector<uint32_t> a_kept = shared(a, b, a_at, gone), b_kept = shared(b, a, b_at, fresh);
  Myers m(a_kept, b_kept, tick);
  m.compare(0, static_cast<Index>(a_kept.size()), 0, static_cast<Index>(b_kept.size()));
  for (size_t i = 0; i < a_at.size(); i++) gone[a_at[i]] = m.gone[i];
  for (size_t i = 0; i < b_at.size(); i++) fresh[b_at[i]] = m.fresh[i];
  shift(a, gone, fresh);
  shift(b, fresh, gone);
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
