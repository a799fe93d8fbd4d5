/// GlobSets: matching of patterns with groups, as a walk of sets of positions
/// through the pattern: the set of places a prefix of the pattern can end. No
/// backtracking, so nested groups stay polynomial; `!(...)`, which depends on
/// where it began, is remembered per start.
/// One object per question; not shared.
#pragma once
#include <string_view>
#include <unordered_map>
#include <vector>

#include "algo/glob.h"

namespace nacre {

class GlobSets {
 public:
  GlobSets(const Glob& glob, std::string_view text) : g_(glob), text_(text) {}
  bool match();
  size_t prefix(bool longest);
  size_t suffix(bool longest);
  bool find(size_t from, Glob::Span& out);

 private:
  /// Every character boundary from low to high, both included.
  struct Interval {
    size_t low, high;
  };
  using Set = std::vector<Interval>;   ///< sorted, apart

  Set run(const Glob::Sequence& seq, Set in);
  Set run_item(const Glob::Item& item, const Set& in);
  Set run_star(const Set& in);
  Set run_group(const Glob::Item& item, const Set& in);
  Set run_alternatives(const Glob::Group& group, const Set& in);
  Set run_not(const Glob::Item& item, const Set& in);
  const Set& not_from(const Glob::Item& item, size_t at);
  size_t next(size_t at) const;
  void add(Set& set, size_t low, size_t high) const;
  Set unite(const Set& a, const Set& b) const;
  Set subtract(const Set& a, const Set& b) const;
  size_t limit(size_t at) const;
  bool given_up();

  const Glob& g_;
  std::string_view text_;
  uint32_t rounds_ = 0;
  bool stopped_ = false;
  std::unordered_map<uint64_t, Set> memo_;   ///< (group, start) of !(...)
};

}  // namespace nacre
