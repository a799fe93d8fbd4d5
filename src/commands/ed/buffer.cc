#include "commands/ed/buffer.h"

#include <algorithm>

namespace nacre {

size_t EdBuffer::find(const Line& line) const {
  for (size_t n = 1; n <= lines_.size(); n++) if (lines_[n - 1] == line) return n;
  return 0;
}

// Lines are charged as they are made; what undo and marks keep alive stays charged.
EdBuffer::Line EdBuffer::make(std::string text) {
  uint64_t bytes = text.size() + 80;
  p_.charge_memory(bytes);
  charged_ += bytes;
  return std::make_shared<const std::string>(std::move(text));
}

void EdBuffer::replace(size_t at, size_t count, std::vector<Line> lines) {
  auto from = lines_.begin() + static_cast<long>(at);
  Step step{at, lines.size(), std::vector<Line>(from, from + static_cast<long>(count))};
  p_.tick(static_cast<uint32_t>((lines_.size() - at) / 64 + count + lines.size()));
  size_t same = std::min(count, lines.size());
  std::copy(lines.begin(), lines.begin() + static_cast<long>(same), from);
  if (count > same) lines_.erase(from + static_cast<long>(same), from + static_cast<long>(count));
  else lines_.insert(from + static_cast<long>(same), lines.begin() + static_cast<long>(same), lines.end());
  steps_.push_back(std::move(step));
  modified = true;
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
