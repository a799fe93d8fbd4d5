#include "commands/sort/words.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace nacre {
namespace {

constexpr size_t kWord = 8;
constexpr size_t kDeepest = 64;   // words; what is equal so far is compared as a whole

int compare_from(size_t at, const SortLine& a, const SortLine& b) {
  const size_t n = std::min(a.length, b.length);
  const int c = n > at ? std::memcmp(a.text + at, b.text + at, n - at) : 0;
  return c ? c : a.length < b.length ? -1 : a.length > b.length;
}

class WordSort {
 public:
  WordSort(std::vector<SortLine>& lines, bool down, const std::function<void(uint32_t)>& tick) : lines_(lines), down_(down), tick_(tick) {}

  void run() {
    std::vector<Item> items;
    items.reserve(lines_.size());
    for (const SortLine& line : lines_) items.push_back({line.prefix, static_cast<uint32_t>(items.size())});
    sort(items.data(), items.data() + items.size(), 0);
    std::vector<SortLine> sorted;
    sorted.reserve(lines_.size());
    for (const Item& item : items) sorted.push_back(lines_[item.line]);
    lines_.swap(sorted);
  }

 private:
  struct Item {
    uint64_t word;
    uint32_t line;
  };

  // Items that are equal before the word `depth`, which they hold.
  void sort(Item* from, Item* to, size_t depth) {
    if (to - from < 2) return;
    charge(from, to);
    if (depth == kDeepest) return sort_rest(from, to);
    std::sort(from, to, [](const Item& a, const Item& b) { return a.word < b.word; });
    while (from < to) {
      Item* group = from++;
      while (from < to && from->word == group->word) from++;
      if (from - group > 1) next_word(group, from, depth);
    }
  }

  void next_word(Item* from, Item* to, size_t depth) {
    const size_t reach = (depth + 1) * kWord;
    // Those that have ended are shorter than the others, whatever zeros these have.
    Item* const cut = std::partition(from, to, [&](const Item& x) { return (lines_[x.line].length <= reach) != down_; });
    Item *const ended = down_ ? cut : from, *const ended_end = down_ ? to : cut;
    for (Item* x = from; x < to; x++) {
      const SortLine& line = lines_[x->line];
      const bool over = x >= ended && x < ended_end;
      x->word = over ? line.length : depth == 0 ? line.second : SortKeys::word(line.view(), reach);
      if (down_ && (over || depth > 0)) x->word = ~x->word;
    }
    charge(ended, ended_end);
    std::sort(ended, ended_end, [](const Item& a, const Item& b) { return a.word != b.word ? a.word < b.word : a.line < b.line; });
    sort(down_ ? from : cut, down_ ? cut : to, depth + 1);
  }

  // Too much to go on by words.
  void sort_rest(Item* from, Item* to) {
    std::sort(from, to, [this](const Item& a, const Item& b) {
      const int c = compare_from(kDeepest * kWord, lines_[a.line], lines_[b.line]);
      return c ? (c < 0) != down_ : a.line < b.line;
    });
  }

  void charge(const Item* from, const Item* to) {
    const auto n = static_cast<size_t>(to - from);
    work_ += n * static_cast<size_t>(std::bit_width(n));
    if (work_ >= 4096) tick_(static_cast<uint32_t>(std::exchange(work_, 0) / 16));
  }

  std::vector<SortLine>& lines_;
  const bool down_;
  const std::function<void(uint32_t)>& tick_;
  size_t work_ = 0;
};

}  // namespace

void sort_by_bytes(std::vector<SortLine>& lines, bool down, const std::function<void(uint32_t)>& tick) { WordSort(lines, down, tick).run(); }

int compare_behind_words(const SortLine& a, const SortLine& b) { return compare_from(2 * kWord, a, b); }

}  // namespace nacre
