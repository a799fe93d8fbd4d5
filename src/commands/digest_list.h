/// DigestList: what md5sum -c and cksum -c do with a file that lists digests.
/// Source: GNU coreutils 9.1, "md5sum invocation", "cksum invocation"; lines as the tools and OpenSSL write them.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "commands/text_io.h"

namespace nacre {

struct DigestAlgorithm {
  std::string_view command, name, tag;   ///< command: of its own, may be empty
  size_t digits;                         ///< hexadecimal ones; of blake2b at most
};
std::span<const DigestAlgorithm> digest_algorithms();

/// In hexadecimal; none after a message. `bits`: of blake2b.
std::optional<std::string> digest_of(Process& p, Input& in, std::string_view algorithm, size_t bits = 512);

/// A name as lists have it: backslashes and ends of lines as \\ \n \r. Longer than it was: the line begins with a backslash.
std::string escaped(std::string_view name);

struct DigestListOptions {
  bool check = false, ignore_missing = false, quiet = false, status = false, strict = false, warn = false;
};
/// A message, and the status, when options say nothing without --check, or --zero with it.
std::optional<int> misused(Process& p, const DigestListOptions& o, bool zero);

class DigestList {
 public:
  /// `algorithm` null: each line has to name one.
  DigestList(Process& p, Output& out, const DigestListOptions& o, const DigestAlgorithm* algorithm) : p_(p), out_(out), o_(o), algorithm_(algorithm) {}
  /// Checks all files that `list` ("-": standard input) names. False: something is wrong.
  bool check(const std::string& list);

 private:
  struct Entry {
    const DigestAlgorithm* algorithm;
    std::string hex, name;
  };
  bool parse(std::string_view line, Entry& e);
  bool parse_tagged(std::string_view line, Entry& e) const;
  bool parse_plain(std::string_view line, Entry& e) const;
  bool right_size(const Entry& e) const;
  std::optional<std::string> sum(const Entry& e);

  Process& p_;
  Output& out_;
  const DigestListOptions& o_;
  const DigestAlgorithm* algorithm_;
  std::string_view last_ = "CRC";   // what messages call a line: the algorithm named last
};

}  // namespace nacre
