#include "commands/ed/buffer.h"

#include <algorithm>
#include <utility>

namespace nacre {

size_t EdBuffer::find(const Line& wanted) const {
  for (size_t n = 1; n <= size(); n++)
    if (line(n) == wanted) return n;
  return 0;
}

// Lines are charged as they are made; what undo and marks keep alive stays charged.
EdBuffer::Line EdBuffer::make(std::string text) {
  uint64_t bytes = text.size() + 80;
  p_.charge_memory(bytes);
  charged_ += bytes;
  return std::make_shared<const std::string>(std::move(text));
}

void EdBuffer::move_gap(size_t to) {
  size_t distance = to < gap_ ? gap_ - to : to - gap_;
  p_.tick(static_cast<uint32_t>(1 + distance / 64));
  if (gap_size_ == 0) {
    gap_ = to;
    return;
  }
  auto at = [&](size_t i) { return store_.begin() + static_cast<long>(i); };
  if (to < gap_) std::move_backward(at(to), at(gap_), at(gap_ + gap_size_));
  else std::move(at(gap_ + gap_size_), at(to + gap_size_), at(gap_));
  gap_ = to;
}

void EdBuffer::replace(size_t at, size_t count, std::vector<Line> lines) {
  Step step{at, lines.size(), {}};
  modified = true;
  p_.tick(static_cast<uint32_t>(1 + (count + lines.size()) / 4));
  if (count == lines.size()) {
    for (size_t k = 0; k < count; k++) {
      size_t i = at + k < gap_ ? at + k : at + k + gap_size_;
      step.removed.push_back(std::exchange(store_[i], std::move(lines[k])));
    }
    steps_.push_back(std::move(step));
    return;
  }
  move_gap(at);
  for (size_t k = 0; k < count; k++) step.removed.push_back(std::move(store_[gap_ + gap_size_ + k]));
  gap_size_ += count;
  if (gap_size_ < lines.size()) {
    size_t more = lines.size() - gap_size_ + store_.size() / 4 + 64;
    p_.tick(static_cast<uint32_t>(store_.size() / 64));
    store_.insert(store_.begin() + static_cast<long>(gap_), more, Line());
    gap_size_ += more;
  }
  std::move(lines.begin(), lines.end(), store_.begin() + static_cast<long>(gap_));
  gap_ += lines.size();
  gap_size_ -= lines.size();
  steps_.push_back(std::move(step));
}

void EdBuffer::insert(size_t n, std::vector<Line> lines) { replace(n, 0, std::move(lines)); }
void EdBuffer::erase(size_t first, size_t last) { replace(first - 1, last - first + 1, {}); }

void EdBuffer::begin_change(size_t current) {
  steps_.clear();
  has_change_ = true;
  current_before_ = current;
  modified_before_ = modified;
}

std::optional<size_t> EdBuffer::undo(size_t current) {
  if (!has_change_ || steps_.empty()) return std::nullopt;
  std::vector<Step> old;
  std::swap(old, steps_);
  bool was_modified = modified;
  for (size_t k = old.size(); k-- > 0;) replace(old[k].at, old[k].inserted, std::move(old[k].removed));
  modified = std::exchange(modified_before_, was_modified);
  return std::exchange(current_before_, current);
}

}  // namespace nacre
