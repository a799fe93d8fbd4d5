/// md5sum, sha1sum, sha224sum, sha256sum, sha384sum, sha512sum, b2sum - compute and check digests.
/// Source: GNU coreutils 9 manual, "md5sum invocation".
/// Differs: b2sum -l is not known.
#include "algo/digest.h"
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: md5sum [OPTION]... [FILE]...\nPrint or check checksums (also sha1sum, sha224sum, sha256sum, sha384sum, sha512sum, b2sum).\n\n"
    "  -b, --binary         read in binary mode\n  -c, --check          read checksums from the FILEs and check them\n"
    "      --tag            create a BSD-style checksum\n  -t, --text           read in text mode (default)\n"
    "  -z, --zero           end each output line with NUL, not newline\n      --ignore-missing  don't fail or report status for missing files\n"
    "      --quiet          don't print OK for each successfully verified file\n      --status         don't output anything, status code shows success\n"
    "      --strict         exit non-zero for improperly formatted checksum lines\n  -w, --warn           warn about improperly formatted checksum lines\n"
    "      --help           display this help and exit\n      --version        output version information and exit\n";

struct Options {
  bool binary = false, check = false, tag = false, zero = false, ignore_missing = false, quiet = false, status = false, strict = false, warn = false;
};
using O = Options;
constexpr Flag<O> kFlags[] = {{'b', "binary", &O::binary}, {'c', "check", &O::check},
                              {0, "tag", &O::tag},         {'t', "text", +[](O& o) { o.binary = false; }},
                              {'z', "zero", &O::zero},     {0, "ignore-missing", &O::ignore_missing},
                              {0, "quiet", &O::quiet},     {0, "status", &O::status},
                              {0, "strict", &O::strict},   {'w', "warn", &O::warn}};

struct Algorithm {
  std::string_view command, name, tag;
  size_t digits;
};
constexpr Algorithm kAlgorithms[] = {{"md5sum", "md5", "MD5", 32},          {"sha1sum", "sha1", "SHA1", 40},       {"sha224sum", "sha224", "SHA224", 56},
                                     {"sha256sum", "sha256", "SHA256", 64}, {"sha384sum", "sha384", "SHA384", 96}, {"sha512sum", "sha512", "SHA512", 128},
                                     {"b2sum", "blake2b", "BLAKE2b", 128}};

class Sums {
 public:
  Sums(Process& p, const O& o, const Algorithm& a) : p_(p), o_(o), a_(a), out_(p) {}
  int finish() { return out_.finish(status_); }

  void print(const std::string& file) {
    auto hex = sum(file);
    if (!hex) {
      status_ = 1;
      return;
    }
    bool odd = !o_.zero && file.find_first_of("\\\n\r") != std::string::npos;
    std::string name = file;
    if (odd) {
      name.clear();
      for (char c : file) name += c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
      out_.put('\\');
    }
    if (o_.tag) out_.write(std::string(a_.tag) + " (" + name + ") = " + *hex);
    else out_.write(*hex + (o_.binary ? " *" : "  ") + name);
    out_.put(o_.zero ? '\0' : '\n');
  }

  void check(const std::string& list) {
    auto in = open_input(p_, list);
    if (!in) {
      status_ = 1;
      return;
    }
    std::string shown = list == "-" ? "standard input" : list;
    uint64_t good = 0, bad = 0, malformed = 0, unread = 0, number = 0, found = 0;
    std::string_view line;
    while (in->next_line(line)) {
      number++;
      if (line.empty() || line[0] == '#') continue;
      std::string hex, name;
      if (!parse(std::string(line), hex, name)) {
        malformed++;
        if (o_.warn)
          p_.warn("%s: %llu: improperly formatted %s checksum line", quote_name(p_, shown).c_str(), static_cast<unsigned long long>(number),
                  std::string(a_.tag).c_str());
        continue;
      }
      found++;
      if (o_.ignore_missing && name != "-" && !p_.stat(name)) continue;
      auto actual = sum(name);
      if (!actual) {
        unread++;
        if (!o_.status) out_.line(name + ": FAILED open or read");
        continue;
      }
      bool same = *actual == lower(hex, false);
      (same ? good : bad)++;
      if (!o_.status && !(same && o_.quiet)) out_.line(name + (same ? ": OK" : ": FAILED"));
    }
    out_.flush();
    if (found == 0) {
      p_.warn("%s: no properly formatted checksum lines found", quote_name(p_, shown).c_str());
      status_ = 1;
      return;
    }
    auto report = [&](uint64_t n, const char* one, const char* many) {
      if (n && !o_.status) p_.warn("WARNING: %llu %s", static_cast<unsigned long long>(n), n == 1 ? one : many);
    };
    report(malformed, "line is improperly formatted", "lines are improperly formatted");
    report(unread, "listed file could not be read", "listed files could not be read");
    report(bad, "computed checksum did NOT match", "computed checksums did NOT match");
    if (o_.ignore_missing && good == 0) {
      p_.warn("%s: no file was verified", quote_name(p_, shown).c_str());
      status_ = 1;
    }
    if (bad || unread || (malformed && o_.strict)) status_ = 1;
  }

 private:
  std::optional<std::string> sum(const std::string& file) {
    auto in = open_input(p_, file);
    if (!in) return std::nullopt;
    auto digest = Digest::make(a_.name);
    for (std::string_view block = in->block(); !block.empty(); block = in->block()) {
      digest->update(block);
      in->consume(block.size());
    }
    if (report_read_error(p_, *in)) return std::nullopt;
    return digest->finish();
  }

  bool parse(std::string line, std::string& hex, std::string& name) {
    bool escaped = line[0] == '\\';
    if (escaped) line.erase(0, 1);
    std::string tag = std::string(a_.tag) + " (";
    if (line.compare(0, tag.size(), tag) == 0) {
      size_t close = line.rfind(") = ");
      if (close == std::string::npos) return false;
      name = line.substr(tag.size(), close - tag.size());
      hex = line.substr(close + 4);
    } else {
      size_t blank = line.find_first_of(" \t");
      if (blank == std::string::npos || blank + 1 >= line.size()) return false;
      hex = line.substr(0, blank);
      size_t from = line[blank + 1] == ' ' || line[blank + 1] == '*' ? blank + 2 : blank + 1;
      name = line.substr(from);
    }
    if (hex.size() != a_.digits || hex.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos || name.empty()) return false;
    if (escaped) {
      std::string plain;
      for (size_t i = 0; i < name.size(); i++)
        plain += name[i] != '\\' || i + 1 == name.size() ? name[i] : name[++i] == 'n' ? '\n' : name[i] == 'r' ? '\r' : name[i];
      name = plain;
    }
    return true;
  }

  Process& p_;
  const O& o_;
  const Algorithm& a_;
  Output out_;
  int status_ = 0;
};

int sums_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  const Algorithm* algorithm = &kAlgorithms[0];
  for (const auto& a : kAlgorithms)
    if (a.command == p.name()) algorithm = &a;
  Sums run(p, o, *algorithm);
  if (files.empty()) files = {"-"};
  for (const auto& f : files) o.check ? run.check(f) : run.print(f);
  return run.finish();
}

}  // namespace

Command sums_command() { return {{"md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum"}, kUsage, sums_main}; }

}  // namespace nacre
