/// cksum, sum - print checksums and counts.
/// Source: GNU coreutils 9.1 manual, "cksum invocation", "sum invocation"; POSIX XCU cksum.
/// Differs: cksum --debug, which names instructions of the processor, is not known.
#include <algorithm>

#include "algo/posix_crc.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/digest_list.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: cksum [OPTION]... [FILE]...\n"
    "Print or check checksums: by default the CRC of POSIX, with the number of bytes.\n\n"
    "  -a, --algorithm=TYPE  sysv, bsd, crc (default), md5, sha1, sha224, sha256, sha384, sha512, blake2b or sm3\n"
    "  -c, --check           read checksums from the FILEs and check them\n"
    "      --tag             create a BSD-style checksum (the default)\n"
    "      --untagged        create a reversed style checksum, without digest type\n"
    "  -l, --length=BITS     digest length in bits for blake2b, a multiple of 8\n"
    "  -z, --zero            end each output line with NUL, not newline\n\n"
    "When checking:\n"
    "      --ignore-missing  don't fail or report status for missing files\n"
    "      --quiet           don't print OK for each successfully verified file\n"
    "      --status          don't output anything, status code shows success\n"
    "      --strict          exit non-zero for improperly formatted checksum lines\n"
    "  -w, --warn            warn about improperly formatted checksum lines\n\n"
    "      --help            display this help and exit\n      --version         output version information and exit\n";

constexpr char kSumUsage[] =
    "Usage: sum [OPTION]... [FILE]...\n"
    "Print or check BSD (16-bit) checksums.\n\n"
    "  -r              use BSD sum algorithm (the default), use 1K blocks\n"
    "  -s, --sysv      use System V sum algorithm, use 512 bytes blocks\n"
    "      --help      display this help and exit\n      --version   output version information and exit\n";

struct Sum {
  uint64_t value = 0, bytes = 0;
};

/// fn over each byte; false after a read error's message.
template <class F>
bool each_byte(Process& p, Input& in, uint64_t& bytes, F fn) {
  for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
    for (char c : block) fn(static_cast<unsigned char>(c));
    bytes += block.size();
    in.consume(block.size());
  }
  return !report_read_error(p, in);
}

std::optional<Sum> crc(Process& p, Input& in) {
  uint32_t c = 0;
  Sum s;
  for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
    c = posix_crc_update(c, block);
    s.bytes += block.size();
    in.consume(block.size());
  }
  if (report_read_error(p, in)) return std::nullopt;
  s.value = posix_crc_finish(c, s.bytes);
  return s;
}

std::optional<Sum> bsd(Process& p, Input& in) {
  uint32_t c = 0;
  Sum s;
  if (!each_byte(p, in, s.bytes, [&](unsigned char b) { c = ((c >> 1) + ((c & 1) << 15) + b) & 0xffff; })) return std::nullopt;
  s.value = c;
  return s;
}

std::optional<Sum> sysv(Process& p, Input& in) {
  uint32_t c = 0;
  Sum s;
  if (!each_byte(p, in, s.bytes, [&](unsigned char b) { c += b; })) return std::nullopt;
  uint32_t r = (c & 0xffff) + (c >> 16);
  s.value = (r & 0xffff) + (r >> 16);
  return s;
}

uint64_t blocks(uint64_t bytes, uint64_t size) { return bytes / size + (bytes % size != 0); }

void print_sum(Output& out, char kind, const Sum& s, const std::string& file, bool named, char end) {
  if (kind == 'c') out.format("%llu %llu", static_cast<unsigned long long>(s.value), static_cast<unsigned long long>(s.bytes));
  else if (kind == 'b') out.format("%05llu %5llu", static_cast<unsigned long long>(s.value), static_cast<unsigned long long>(blocks(s.bytes, 1024)));
  else out.format("%llu %llu", static_cast<unsigned long long>(s.value), static_cast<unsigned long long>(blocks(s.bytes, 512)));
  if (named) out.write(" " + file);
  out.put(end);
}

struct Options {
  std::optional<std::string> algorithm;
  bool untagged = false, zero = false;
  int64_t length = 0;
  DigestListOptions list;
};
using O = Options;

constexpr Flag<O> kFlags[] = {
    {'a', "algorithm",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       // Never an abbreviation.
       constexpr std::string_view kNames[] = {"bsd", "sysv", "crc", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "sm3"};
       o.algorithm = std::string(v);
       if (std::find(std::begin(kNames), std::end(kNames), v) != std::end(kNames)) return std::nullopt;
       p.warn("invalid argument %s for %s", quote(p, v).c_str(), quote(p, "--algorithm").c_str());
       std::string list = "Valid arguments are:\n";
       for (std::string_view n : kNames) list += "  - " + quote(p, n) + "\n";
       write_error(p, list);
       return try_help(p);
     }},
    {0, "tag", +[](O& o) { o.untagged = false; }},
    {0, "untagged", &O::untagged},
    {'l', "length",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (!n || *n < 0) {
         p.warn("invalid length: %s", quote(p, v).c_str());
         return 1;
       }
       if (*n % 8) {
         p.warn("invalid length: %s", quote(p, v).c_str());
         p.warn("length is not a multiple of 8");
         return 1;
       }
       o.length = *n;
       return std::nullopt;
     }},
    {'z', "zero", &O::zero},
    {'c', "check", +[](O& o) { o.list.check = true; }},
    {0, "ignore-missing", +[](O& o) { o.list.ignore_missing = true; }},
    {0, "quiet", +[](O& o) { o.list.quiet = true; }},
    {0, "status", +[](O& o) { o.list.status = true; }},
    {0, "strict", +[](O& o) { o.list.strict = true; }},
    {'w', "warn", +[](O& o) { o.list.warn = true; }},
};

bool digest_file(Process& p, const O& o, Output& out, Input& in, const DigestAlgorithm& algorithm, const std::string& file) {
  auto hex = digest_of(p, in, algorithm.name, o.length ? static_cast<size_t>(o.length) : 512);
  if (!hex) return false;
  std::string tag(algorithm.tag);
  if (o.length && o.length < 512) tag += "-" + std::to_string(o.length);
  const std::string name = o.zero ? file : escaped(file);
  if (name.size() > file.size()) out.put('\\');
  out.write(o.untagged ? *hex + "  " + name : tag + " (" + name + ") = " + *hex);
  out.put(o.zero ? '\0' : '\n');
  return true;
}

int cksum_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (o.length && o.algorithm != "blake2b") {
    p.warn("--length is only supported with --algorithm=blake2b");
    return 1;
  }
  if (o.length > 512) {
    p.warn("invalid length: %s", quote(p, std::to_string(o.length)).c_str());
    p.warn("maximum digest length for %s is 512 bits", quote(p, "BLAKE2b").c_str());
    return 1;
  }
  const DigestAlgorithm* digest = nullptr;
  for (const DigestAlgorithm& a : digest_algorithms())
    if (a.name == o.algorithm) digest = &a;
  if (o.list.check && o.algorithm && !digest) {
    p.warn("--check is not supported with --algorithm={bsd,sysv,crc}");
    return 1;
  }
  if (auto status = misused(p, o.list, o.zero)) return *status;
  bool named = !files.empty();
  if (files.empty()) files = {"-"};
  Output out(p);
  int status = 0;
  DigestList list(p, out, o.list, digest);
  for (const auto& f : files) {
    if (o.list.check) {
      if (!list.check(f)) status = 1;
      continue;
    }
    auto in = open_input(p, f);
    bool good = in != nullptr;
    if (good && !digest) {
      char kind = o.algorithm.value_or("crc")[0];
      auto s = kind == 'c' ? crc(p, *in) : kind == 'b' ? bsd(p, *in) : sysv(p, *in);
      good = s.has_value();
      if (s) print_sum(out, kind, *s, f, named, o.zero ? '\0' : '\n');
    } else if (good) {
      good = digest_file(p, o, out, *in, *digest, f);
    }
    if (!good) status = 1;
  }
  return out.finish(status);
}

struct SumOptions {
  bool sysv = false;
};
constexpr Flag<SumOptions> kSumFlags[] = {{'r', "", +[](SumOptions& o) { o.sysv = false; }}, {'s', "sysv", &SumOptions::sysv}};

int sum_main(Process& p) {
  SumOptions o;
  std::vector<std::string> files;
  if (auto status = parse(p, kSumUsage, kSumFlags, o, files)) return *status;
  bool named = !files.empty();
  if (files.empty()) files = {"-"};
  Output out(p);
  int status = 0;
  for (const auto& f : files) {
    auto in = open_input(p, f);
    auto s = in ? (o.sysv ? sysv(p, *in) : bsd(p, *in)) : std::nullopt;
    if (s) print_sum(out, o.sysv ? 's' : 'b', *s, f, named, '\n');
    else status = 1;
  }
  return out.finish(status);
}

}  // namespace

Command cksum_command() { return {{"cksum"}, kUsage, cksum_main}; }
Command sum_command() { return {{"sum"}, kSumUsage, sum_main}; }

}  // namespace nacre
