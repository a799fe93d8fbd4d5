/// md5sum, sha1sum, sha224sum, sha256sum, sha384sum, sha512sum, b2sum - compute and check digests.
/// Source: GNU coreutils 9 manual, "md5sum invocation".
#include <algorithm>
#include <utility>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/digest_list.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: md5sum [OPTION]... [FILE]...\nPrint or check checksums (also sha1sum, sha224sum, sha256sum, sha384sum, sha512sum, b2sum).\n\n"
    "  -b, --binary         read in binary mode\n  -c, --check          read checksums from the FILEs and check them\n"
    "      --tag            create a BSD-style checksum\n  -t, --text           read in text mode (default)\n"
    "  -l, --length=BITS    digest length of b2sum in bits, a multiple of 8\n"
    "  -z, --zero           end each output line with NUL, not newline\n      --ignore-missing  don't fail or report status for missing files\n"
    "      --quiet          don't print OK for each successfully verified file\n      --status         don't output anything, status code shows success\n"
    "      --strict         exit non-zero for improperly formatted checksum lines\n  -w, --warn           warn about improperly formatted checksum lines\n"
    "      --help           display this help and exit\n      --version        output version information and exit\n";

struct Options {
  bool tag = false, zero = false;
  size_t length = 512;   ///< of b2sum, in bits
  std::optional<bool> binary;
  DigestListOptions list;
};
using O = Options;

// The last of these three counts.
void tells(O& o, bool DigestListOptions::* how) {
  o.list.quiet = o.list.status = o.list.warn = false;
  o.list.*how = true;
}

std::optional<int> set_length(Process& p, O& o, std::string_view v) {
  auto n = parse_int(v);
  const std::string shown = quote(p, v);
  if (n && *n >= 0 && *n % 8 == 0 && *n <= 512) return o.length = *n ? static_cast<size_t>(*n) : 512, std::nullopt;
  p.warn("invalid length: %s", shown.c_str());
  if (n && *n >= 0 && *n % 8) p.warn("length is not a multiple of 8");
  else if (n && *n > 512) p.warn("maximum digest length for %s is 512 bits", quote(p, "BLAKE2b").c_str());
  return 1;
}
constexpr Flag<O> kFlags[] = {{'b', "binary", +[](O& o) { o.binary = true; }},
                              {'c', "check", +[](O& o) { o.list.check = true; }},
                              {0, "tag", &O::tag},
                              {'t', "text", +[](O& o) { o.binary = false; }},
                              {'z', "zero", &O::zero},
                              {0, "ignore-missing", +[](O& o) { o.list.ignore_missing = true; }},
                              {0, "quiet", +[](O& o) { tells(o, &DigestListOptions::quiet); }},
                              {0, "status", +[](O& o) { tells(o, &DigestListOptions::status); }},
                              {0, "strict", +[](O& o) { o.list.strict = true; }},
                              {'w', "warn", +[](O& o) { tells(o, &DigestListOptions::warn); }}};

// Those of b2sum: one more.
template <size_t... I>
std::optional<int> parse_blake(Process& p, O& o, std::vector<std::string>& files, std::index_sequence<I...>) {
  const Flag<O> flags[] = {kFlags[I]..., {'l', "length", set_length}};
  return parse(p, kUsage, flags, o, files);
}

class Sums {
 public:
  Sums(Process& p, const O& o, const DigestAlgorithm& a) : p_(p), o_(o), a_(a), out_(p) {}
  int finish() { return out_.finish(status_); }

  void print(const std::string& file) {
    auto in = open_input(p_, file);
    auto hex = in ? digest_of(p_, *in, a_.name, o_.length) : std::nullopt;
    if (!hex) {
      status_ = 1;
      return;
    }
    const std::string name = o_.zero ? file : escaped(file);
    if (name.size() > file.size()) out_.put('\\');
    if (o_.tag) out_.write(std::string(a_.tag) + (o_.length < 512 ? "-" + std::to_string(o_.length) : "") + " (" + name + ") = " + *hex);
    else out_.write(*hex + (o_.binary.value_or(false) ? " *" : "  ") + name);
    out_.put(o_.zero ? '\0' : '\n');
  }

  void check(const std::string& list) {
    if (!DigestList(p_, out_, o_.list, &a_).check(list)) status_ = 1;
  }

 private:
  Process& p_;
  const O& o_;
  const DigestAlgorithm& a_;
  Output out_;
  int status_ = 0;
};

int sums_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = p.name() == "b2sum" ? parse_blake(p, o, files, std::make_index_sequence<std::size(kFlags)>()) : parse(p, kUsage, kFlags, o, files))
    return *status;
  if (o.tag && o.binary == false) {
    p.warn("--tag does not support --text mode");
    return try_help(p);
  }
  if (o.list.check && !o.zero && (o.tag || o.binary)) {
    p.warn(o.tag ? "the --tag option is meaningless when verifying checksums" : "the --binary and --text options are meaningless when verifying checksums");
    return try_help(p);
  }
  if (auto status = misused(p, o.list, o.zero)) return *status;
  const auto all = digest_algorithms();
  const auto named = std::find_if(all.begin(), all.end(), [&](const DigestAlgorithm& a) { return a.command == p.name(); });
  const DigestAlgorithm* algorithm = named == all.end() ? &all[0] : &*named;
  Sums run(p, o, *algorithm);
  if (files.empty()) files = {"-"};
  for (const auto& f : files) o.list.check ? run.check(f) : run.print(f);
  return run.finish();
}

}  // namespace

Command sums_command() { return {{"md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum"}, kUsage, sums_main}; }

}  // namespace nacre
