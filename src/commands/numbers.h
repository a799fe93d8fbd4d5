/// numbers: what command lines write as numbers: counts, sizes with a suffix.
/// Source: GNU coreutils 9.1 manual, 2.4 "Block size"; C17 7.22.1.4 (strtoumax); checked
/// against the tools.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "kernel/process.h"

namespace nacre {

/// How a number with a suffix reads. A value that overflows is the largest one.
struct NumberText {
  enum Flaw : uint8_t { None, Overflow, BadSuffix, Invalid };
  uint64_t value = 0;
  Flaw flaw = None;
};

/// "5", "+1K", "2MB", "3GiB", and "K" alone for 1K. Letters of `suffixes` are accepted: b 512, c 1,
/// w 2, B 1024, and k, K, M, m... powers of 1024; with '0' among them "kB" and "kD" are 1000 and "KiB" is 1024.
/// `base` 0 takes 0x10 and 010 as C does.
NumberText read_number(std::string_view text, std::string_view suffixes, int base = 10);
/// "NAME: invalid --block-size argument 'x'" and its siblings for a flaw; `option` with its dashes.
/// Returns `status`.
int warn_number(Process& p, NumberText::Flaw flaw, std::string_view option, std::string_view text, int status = 1);

/// read_number() where flaws need no distinction. Overflow saturates and sets *overflow.
std::optional<uint64_t> parse_size(std::string_view text, std::string_view suffixes, bool* overflow = nullptr);
/// Plain decimal digits with an optional sign; nullopt otherwise or when out of range.
std::optional<int64_t> parse_int(std::string_view text);

}  // namespace nacre
