/// words: small readings of tar's words: escapes in names, and what the end of an archive's name says.
/// Source: GNU tar 1.34 manual 6.3 "Reading Names from a File", 8.1.1 "Creating and Reading Compressed Archives".
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/tar/entry.h"

namespace nacre {

/// C escapes in names, as listings show them, read.
inline std::string tar_unquoted(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] != '\\' || i + 1 == s.size()) {
      out += s[i];
      continue;
    }
    char c = s[++i];
    size_t k = std::string_view("abfnrtv?\\").find(c);
    if (k != std::string_view::npos) out += "\a\b\f\n\r\t\v\177\\"[k];
    else if (c >= '0' && c <= '7') {
      unsigned v = 0;
      size_t end = std::min(s.size(), i + 3);
      for (; i < end && s[i] >= '0' && s[i] <= '7'; i++) v = v * 8 + static_cast<unsigned>(s[i] - '0');
      i--;
      out += static_cast<char>(v);
    } else (out += '\\') += c;
  }
  return out;
}

/// The program that an archive's suffix asks for; "" if none.
inline std::string compressor_by_suffix(std::string_view name) {
  static constexpr std::pair<std::string_view, const char*> kKnown[] = {{".gz", "gzip"},      {".tgz", "gzip"},  {".taz", "gzip"},  {".Z", "compress"},
                                                                        {".taZ", "compress"}, {".bz2", "bzip2"}, {".tbz", "bzip2"}, {".tbz2", "bzip2"},
                                                                        {".tz2", "bzip2"},    {".lzma", "lzma"}, {".tlz", "lzma"},  {".xz", "xz"},
                                                                        {".txz", "xz"},       {".zst", "zstd"},  {".tzst", "zstd"}};
  for (const auto& [suffix, program] : kKnown)
    if (name.ends_with(suffix)) return program;
  return "";
}

/// "a" of "a.tar.gz".
inline std::string without_archive_suffix(std::string_view name) {
  for (std::string_view s :
       {".tar.gz", ".tgz", ".taz", ".tar.bz2", ".tbz2", ".tbz", ".tz2", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar.lzma", ".tlz", ".tar.Z", ".tar"})
    if (name.ends_with(s)) return std::string(name.substr(0, name.size() - s.size()));
  return std::string(name);
}

/// A format by the name that -H gives it.
inline std::optional<TarFormat> tar_format_of(std::string_view name) {
  static constexpr std::pair<std::string_view, TarFormat> kKnown[] = {{"v7", TarFormat::V7},       {"oldgnu", TarFormat::OldGnu}, {"gnu", TarFormat::Gnu},
                                                                      {"ustar", TarFormat::Ustar}, {"posix", TarFormat::Pax},     {"pax", TarFormat::Pax}};
  for (const auto& [known, format] : kKnown)
    if (known == name) return format;
  return std::nullopt;
}

/// Adds what --pax-option asks for: "keyword=value", "keyword:=value", "delete=pattern". False: an equal sign is missing.
inline bool read_pax_option(std::string_view v, PaxOptions& pax) {
  while (!v.empty()) {
    const size_t comma = std::min(v.find(','), v.size());
    std::string_view item = v.substr(0, comma);
    v.remove_prefix(std::min(comma + 1, v.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    const size_t eq = item.find('=');
    if (eq == item.npos) return false;
    const bool each = eq > 0 && item[eq - 1] == ':';
    const std::string key(item.substr(0, eq - each)), value(item.substr(eq + 1));
    if (key == "delete") pax.deleted.push_back(value);
    else if (key == "exthdr.name") pax.header_name = value;
    else if (key == "globexthdr.name") pax.global_name = value;
    else (each ? pax.each : pax.global).emplace_back(key, value);
  }
  return true;
}

/// Puts the words of $TAR_OPTIONS before the other arguments.
inline void tar_insert_words(std::vector<std::string>& argv, std::string_view text) {
  size_t at = 1;
  while (true) {
    size_t from = text.find_first_not_of(" \t\n");
    if (from == text.npos) return;
    text.remove_prefix(from);
    size_t end = std::min(text.find_first_of(" \t\n"), text.size());
    argv.insert(argv.begin() + static_cast<long>(at++), std::string(text.substr(0, end)));
    text.remove_prefix(end);
  }
}

/// Keywords of --warning.
inline constexpr std::string_view kTarWarnings[] = {
    "all",           "alone-zero-block",   "bad-dumpdir",      "cachedir",           "contiguous-cast", "file-changed", "file-ignored",
    "file-removed",  "file-shrank",        "file-unchanged",   "filename-with-nuls", "ignore-archive",  "ignore-newer", "missing-zero-blocks",
    "new-directory", "record-size",        "rename-directory", "symlink-cast",       "timestamp",       "unknown-cast", "unknown-keyword",
    "xdev",          "decompress-program", "existing-file",    "xattr-write",        "failed-read",     "none",         "verbose"};

}  // namespace nacre
