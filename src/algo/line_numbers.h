/// LineNumbers: gives lines numbers, equal ones the same, from 0 on: what diff_ranges works on.
///
/// The lines are the caller's and stay where they are. Lines that are made to collide cost much:
/// `work` is for the caller's budget.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace nacre {

class LineNumbers {
 public:
  uint32_t number(std::string_view line) {
    const uint64_t wide = hash_bytes(line);
    const uint32_t hash = static_cast<uint32_t>(wide ^ wide >> 32);
    if (2 * (lines_.size() + 1) > slots_.size()) grow();
    for (size_t at = hash;; at++) {
      Slot& s = slots_[at & (slots_.size() - 1)];
      work++;
      if (!s.number) {
        lines_.push_back(line);
        s = {hash, static_cast<uint32_t>(lines_.size())};
        return s.number - 1;
      }
      if (s.hash == hash && lines_[s.number - 1] == line) return s.number - 1;
    }
  }
  /// Where the line stays that has this number.
  std::string_view& line(uint32_t number) { return lines_[number]; }
  size_t size() const { return lines_.size(); }

  uint64_t work = 0;   ///< slots looked at

 private:
  struct Slot {
    uint32_t hash = 0, number = 0;   // one more than it is; 0: free
  };

  void grow() {
    std::vector<Slot> wider(slots_.empty() ? 64 : 2 * slots_.size());
    for (const Slot& s : slots_) {
      if (!s.number) continue;
      size_t at = s.hash;
      while (wider[at & (wider.size() - 1)].number) at++;
      wider[at & (wider.size() - 1)] = s;
    }
    slots_ = std::move(wider);
  }

  std::vector<Slot> slots_;   // a power of 2 of them
  std::vector<std::string_view> lines_;
};

}  // namespace nacre
