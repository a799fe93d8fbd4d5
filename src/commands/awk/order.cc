#include "commands/awk/order.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <iterator>
#include <unordered_set>

namespace nacre {
namespace {

constexpr uint32_t kNone = UINT32_MAX;
constexpr uint32_t kSizes[] = {13, 127, 1021, 8191, 131071, 1048573, 8388593, 16777213, 33554393, 67108859};

uint32_t next_size(uint32_t size) {
  auto next = std::upper_bound(std::begin(kSizes), std::end(kSizes), size);
  return next == std::end(kSizes) ? size : *next;
}

uint32_t string_hash(std::string_view s) {
  uint32_t h = 0;
  for (char c : s) h = static_cast<uint32_t>(static_cast<signed char>(c)) + (h << 6) + (h << 16) - h;
  return h;
}

uint32_t integer_hash(int32_t key) {
  auto k = static_cast<uint32_t>(key);
  k ^= k << 3;
  k += k >> 5;
  k ^= k << 4;
  k += k >> 17;
  k ^= k << 25;
  return k + (k >> 6);
}

// Chains of buckets with one or two elements each; new buckets come to the front, and growing goes through all.
class Table {
 public:
  explicit Table(uint32_t per_bucket) : per_bucket_(per_bucket), heads_(kSizes[0], kNone) {}

  void add(uint32_t index, uint32_t hash) {
    count_++;
    if (count_ / heads_.size() > 2) grow();
    put(index, hash);
  }

  void list(std::vector<uint32_t>& out) const {
    for (uint32_t head : heads_)
      for (uint32_t b = head; b != kNone; b = buckets_[b].next)
        for (uint32_t i = 0; i < buckets_[b].count; i++) out.push_back(buckets_[b].index[i]);
  }

 private:
  struct Bucket {
    uint32_t next, count;
    uint32_t index[2], hash[2];
  };

  void put(uint32_t index, uint32_t hash) {
    uint32_t& head = heads_[hash % heads_.size()];
    if (head == kNone || buckets_[head].count == per_bucket_) {
      buckets_.push_back({head, 0, {}, {}});
      head = static_cast<uint32_t>(buckets_.size()) - 1;
    }
    Bucket& b = buckets_[head];
    b.index[b.count] = index;
    b.hash[b.count++] = hash;
  }

  void grow() {
    const uint32_t size = next_size(static_cast<uint32_t>(heads_.size()));
    if (size == heads_.size()) return;
    std::vector<uint32_t> old(size, kNone);
    old.swap(heads_);
    std::vector<Bucket> buckets;
    buckets.swap(buckets_);
    for (uint32_t head : old)
      for (uint32_t b = head; b != kNone; b = buckets[b].next)
        for (uint32_t i = 0; i < buckets[b].count; i++) put(buckets[b].index[i], buckets[b].hash[i]);
  }

  const uint32_t per_bucket_;
  size_t count_ = 0;
  std::vector<uint32_t> heads_;
  std::vector<Bucket> buckets_;
};

// Which whole numbers the tree takes: a new leaf may waste no more than 2048 places.
class Leaves {
 public:
  bool takes(int32_t key) {
    const auto k = static_cast<uint32_t>(key);
    constexpr uint32_t kLeast = 10;   // numbers below 2^10 are one tree
    uint32_t m = k < 1024 ? kLeast : static_cast<uint32_t>(std::bit_width(k)) - 1;
    uint32_t estimate = m;
    while (estimate >= kLeast) estimate = (estimate + 1) / 2;
    if (capacity_ + (1u << estimate) > count_ + 2048) return false;
    count_++;
    uint32_t base = k < 1024 ? 0 : 1u << m, size;
    for (;;) {
      const uint32_t n = (m + 1) / 2;
      size = 1u << n;
      base += (k - base) / size * size;
      if (n <= kLeast) break;
      m = n;
    }
    if (leaves_.insert(static_cast<uint64_t>(base) << 32 | size).second) capacity_ += size;
    return true;
  }

 private:
  uint64_t capacity_ = 0, count_ = 0;
  std::unordered_set<uint64_t> leaves_;
};

}  // namespace

std::optional<int32_t> awk_integer_key(std::string_view s) {
  if (s.empty() || s.size() > 11) return std::nullopt;
  const size_t first = s[0] == '-';
  if (s.size() == first || (s[first] == '0' && s.size() > 1)) return std::nullopt;
  int32_t value = 0;
  auto r = std::from_chars(s.data(), s.data() + s.size(), value);
  if (r.ec != std::errc() || r.ptr != s.data() + s.size()) return std::nullopt;
  return value;
}

AwkArrayKind awk_array_kind(std::string_view first) {
  auto n = awk_integer_key(first);
  return !n ? AwkArrayKind::Strings : *n >= 0 ? AwkArrayKind::Numbers : AwkArrayKind::Integers;
}

std::vector<uint32_t> awk_order(const std::vector<std::string_view>& keys, AwkArrayKind kind) {
  Table strings(1), integers(2);
  Leaves leaves;
  std::vector<std::pair<int32_t, uint32_t>> numbers;
  // What holds that which the tree does not take: of the kind of the first such subscript.
  AwkArrayKind rest = kind;
  for (uint32_t i = 0; i < keys.size(); i++) {
    const bool plain = kind == AwkArrayKind::Strings || (rest == AwkArrayKind::Strings && keys[i].size() > 11);
    const std::optional<int32_t> n = plain ? std::nullopt : awk_integer_key(keys[i]);
    if (kind == AwkArrayKind::Numbers && n && *n >= 0 && leaves.takes(*n)) {
      numbers.push_back({*n, i});
      continue;
    }
    if (rest == AwkArrayKind::Numbers) rest = n ? AwkArrayKind::Integers : AwkArrayKind::Strings;
    if (n && rest == AwkArrayKind::Integers) integers.add(i, integer_hash(*n));
    else strings.add(i, string_hash(keys[i]));
  }
  std::sort(numbers.begin(), numbers.end());
  std::vector<uint32_t> out;
  out.reserve(keys.size());
  strings.list(out);
  integers.list(out);
  for (const auto& n : numbers) out.push_back(n.second);
  return out;
}

}  // namespace nacre
