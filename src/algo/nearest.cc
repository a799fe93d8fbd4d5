#include "algo/nearest.h"

#include <algorithm>

namespace nacre {

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > limit) return limit + 1;
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); j++) last[j] = j;
  for (size_t i = 1; i <= a.size(); i++) {
    row[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= b.size(); j++) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::vector<std::string> nearest_words(std::string_view word, const std::vector<std::string>& words, size_t count) {
  std::vector<std::pair<size_t, std::string_view>> found;
  size_t limit = std::clamp<size_t>(word.size() / 3, 1, 3);
  if (word.size() > 64) return {};
  for (const auto& w : words) {
    size_t distance = edit_distance(word, w, limit);
    // A word of two letters is near to everything of one.
    if (distance > 0 && distance <= limit && distance < word.size() && distance < w.size()) found.emplace_back(distance, w);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<std::string> out;
  for (const auto& [distance, w] : found)
    if (out.size() < count) out.emplace_back(w);
  return out;
}

}  // namespace nacre
