/// What the fuzz targets share: bytes as text, and a small sandbox with tight
/// limits to run a command in. What is looked for is a crash, a hang, a finding of
/// a sanitizer, or a broken promise (NACRE_CHECK).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nacre/sandbox.h"

/// FUZZ_TARGET(text) { ... } is a target over `std::string_view text`.
#define FUZZ_TARGET(text)                                                   \
  static void fuzz_one(std::string_view text);                              \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { \
    fuzz_one(std::string_view(reinterpret_cast<const char*>(data), size));  \
    return 0;                                                               \
  }                                                                         \
  static void fuzz_one(std::string_view text)

namespace nacre::fuzz {

inline Config small_config() {
  Config c;
  c.virtual_clock = true;
  c.seed = 1;
  c.limits.steps = 200'000;
  c.limits.memory_bytes = 64 << 20;
  c.limits.output_bytes = 1 << 20;
  c.limits.nesting = 200;
  c.limits.processes = 32;
  c.limits.file_bytes = 8 << 20;
  c.limits.inodes = 20'000;
  c.limits.wall_ms = 60'000;
  return c;
}

/// Runs a script; the text is the file `in`, and the lines of a small file are in `text`. A script that
/// finds a promise broken makes the file `broken`.
inline void run_script(std::string_view script, std::string_view in, std::string_view second = {}) {
  Config c = small_config();
  c.files.push_back({"/home/agent/in", std::string(in), 0644, {}});
  if (!second.empty()) c.files.push_back({"/home/agent/second", std::string(second), 0644, {}});
  c.files.push_back({"/home/agent/text", "one 1 a:b\ntwo 22 x=y\n\nthree  3.5 \t\xc3\xa9\xff\nfour\n", 0644, {}});
  auto sandbox = Sandbox::create(c);
  if (!sandbox) __builtin_trap();
  const auto before = (*sandbox)->snapshot();
  (*sandbox)->exec(script);
  if ((*sandbox)->fs().exists("/home/agent/broken")) __builtin_trap();
  (*sandbox)->restore(*before);   // a shell of its own: the script's may have `set -n`, or no standard output
  if ((*sandbox)->exec("echo still here").out != "still here\n") __builtin_trap();
}

/// The lines of a text.
inline std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    size_t end = text.find('\n');
    out.push_back(text.substr(0, end));
    if (end == text.npos) return out;
    text.remove_prefix(end + 1);
  }
}

/// Takes the first byte of a text as a number.
inline unsigned take_byte(std::string_view& text) {
  if (text.empty()) return 0;
  unsigned b = static_cast<unsigned char>(text[0]);
  text.remove_prefix(1);
  return b;
}

}  // namespace nacre::fuzz
