/// SortKeys: what sort compares: the -k definitions, each with its ordering
/// options, and the comparison of two lines by them.
/// Source: GNU coreutils 9 manual, "sort invocation"; POSIX XCU sort.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "commands/sort/orders.h"

namespace nacre {

enum class SortOrder : uint8_t { Text, Numeric, General, Human, Month, Version, Random };

struct SortKey {
  size_t start_field = 0, start_char = 0;        ///< from 0
  size_t end_field = SIZE_MAX, end_char = 0;     ///< end_char 0: whole field
  bool skip_start = false, skip_end = false;     ///< b
  bool dictionary = false, fold = false, printing = false, reverse = false;
  SortOrder order = SortOrder::Text;
  bool global = false;                           ///< made of the options outside of keys, without -k
  bool old_style = false;                        ///< written as +POS1 -POS2
  bool filters() const { return dictionary || fold || printing; }
  bool numeric() const;
  bool whole_line() const { return start_field == 0 && start_char == 0 && end_field == SIZE_MAX && !skip_start; }
  bool has_options() const { return skip_start || skip_end || dictionary || fold || printing || reverse || order != SortOrder::Text; }
};

/// One line and what is known of its first keys.
struct SortLine {
  uint64_t prefix = 0;         ///< orders as the first key does, as far as it goes
  uint64_t second = 0;         ///< the same of the second key, or of what follows in a text that is the only one
  const char* text = nullptr;
  size_t length = 0;
  uint32_t key_start = 0, key_length = 0;
  static constexpr uint32_t kFar = UINT32_MAX;   ///< key_start: beyond 4 GiB, to be found anew
  std::string_view view() const { return {text, length}; }
};

class SortKeys {
 public:
  std::vector<SortKey> keys;     ///< at least one
  char separator = 0;
  bool has_separator = false;
  bool reverse = false;          ///< of the last-resort comparison
  bool stable = false, unique = false;
  std::string salt;              ///< -R: 16 bytes
  bool locale = false;           ///< LC_COLLATE is not C or POSIX

  /// Fills prefix, second, key_start and key_length.
  void prepare(SortLine& line) const;
  /// < 0, 0, > 0. By the keys, then (unless stable or unique) by the whole line.
  int compare(const SortLine& a, const SortLine& b) const;
  /// By the keys alone.
  int compare_keys(const SortLine& a, const SortLine& b) const;
  std::string_view extract(const SortKey& key, std::string_view line) const;
  /// Whole lines, as bytes.
  bool by_bytes() const {
    const SortKey& k = keys[0];
    return keys.size() == 1 && k.whole_line() && k.order == SortOrder::Text && !k.filters();
  }
  /// The same, in ascending order.
  bool plain_text() const { return by_bytes() && !keys[0].reverse && !reverse; }
  /// The 8 bytes of a text from `at`, as a number of the same order: zeros behind the end.
  static uint64_t word(std::string_view text, size_t at);

 private:
  uint64_t prefix_of(const SortKey& key, std::string_view text) const;
  std::string_view first_key(const SortLine& line) const;
  int compare_first(const SortLine& a, const SortLine& b) const;
  int compare_one(const SortKey& key, std::string_view a, std::string_view b) const;
};

}  // namespace nacre
