#include <algorithm>
#include <set>

#include "commands/cpio/cpio.h"
#include "commands/option_reader.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

using O = CpioOptions;
using V = std::optional<std::string_view>;
enum : int {
  kQuiet = 256,
  kNoAbsolute,
  kAbsolute,
  kToStdout,
  kVerifyCrc,
  kBlockSize,
  kRenumber,
  kIgnoreDevno,
  kReproducible,
  kForceLocal,
  kNoPreserveOwner,
  kSparse,
  kHelp,
  kUsage,
  kVersion
};
constexpr ArgKind N = ArgKind::None, R = ArgKind::Required;
constexpr OptionSpec kSpecs[] = {
    {'o', "create", N},
    {'i', "extract", N},
    {'p', "pass-through", N},
    {'t', "list", N},
    {'d', "make-directories", N},
    {'u', "unconditional", N},
    {'v', "verbose", N},
    {'D', "directory", R},
    {'m', "preserve-modification-time", N},
    {'f', "nonmatching", N},
    {'a', "reset-access-time", N},
    {'A', "append", N},
    {'B', "", N},
    {'c', "", N},
    {'C', "io-size", R},
    {kBlockSize, "block-size", R},
    {kForceLocal, "force-local", N},
    {'O', "", R},
    {'I', "", R},
    {'F', "file", R},
    {'L', "dereference", N},
    {'l', "link", N},
    {kNoPreserveOwner, "no-preserve-owner", N},
    {'0', "null", N},
    {'b', "swap", N},
    {'s', "swap-bytes", N},
    {'S', "swap-halfwords", N},
    {'r', "rename", N},
    {'M', "message", R},
    {'W', "warning", R},
    {'E', "pattern-file", R},
    {'R', "owner", R},
    {kQuiet, "quiet", N},
    {kNoAbsolute, "no-absolute-filenames", N},
    {kAbsolute, "absolute-filenames", N},
    {kToStdout, "to-stdout", N},
    {kVerifyCrc, "only-verify-crc", N},
    {'H', "format", R},
    {kSparse, "sparse", N},
    {kReproducible, "reproducible", N},
    {kIgnoreDevno, "ignore-devno", N},
    {kRenumber, "renumber-inodes", N},
    {kReproducible, "device-independent", N},
    {'n', "numeric-uid-gid", N},
    {'V', "dot", N},
    {kHelp, "help", N},
    {'?', "", N},
    {kUsage, "usage", N},
    {kVersion, "version", N},
};
constexpr char kTry[] = "Try 'cpio --help' or 'cpio --usage' for more information.\n";

/// What an option is called where it has no meaning.
struct Meaningless {
  int option;
  std::string_view name;
};
constexpr Meaningless kNotIn[] = {{'l', "--link"},
                                  {'a', "--reset"},
                                  {'L', "--dereference"},
                                  {'A', "--append"},
                                  {'O', "-O"},
                                  {kRenumber, "--renumber-inodes"},
                                  {kIgnoreDevno, "--ignore-devno"}};
constexpr Meaningless kNotOut[] = {{'d', "--make-directories"},
                                   {'r', "--rename"},
                                   {'t', "--list"},
                                   {'u', "--unconditional"},
                                   {'l', "--link"},
                                   {kSparse, "--sparse"},
                                   {'m', "--preserve-modification-time"},
                                   {kNoPreserveOwner, "--no-preserve-owner"},
                                   {'s', "--swap-bytes (--swap)"},
                                   {'S', "--swap-halfwords (--swap)"},
                                   {kToStdout, "--to-stdout"},
                                   {'I', "-I"}};
constexpr Meaningless kNotPass[] = {{'s', "--swap-bytes (--swap)"},
                                    {'S', "--swap-halfwords (--swap)"},
                                    {'t', "--list"},
                                    {'r', "--rename"},
                                    {'A', "--append"},
                                    {kNoAbsolute, "--no-absolute-pathnames"},
                                    {kToStdout, "--to-stdout"},
                                    {kRenumber, "--renumber-inodes"},
                                    {kIgnoreDevno, "--ignore-devno"}};

class Reader {
 public:
  Reader(Process& p, std::string_view usage, O& o) : p_(p), usage_(usage), o_(o) {}

  std::optional<int> run() {
    std::vector<std::string> words;
    OptionReader reader{p_, p_.argv()[0], kTry, 64, kSpecs, true};
    auto status = reader.read(
        p_.argv(), [&](size_t k, V v) { return option(kSpecs[k].short_name, v); },
        [&](std::string_view w) -> std::optional<int> {
          words.emplace_back(w);
          return std::nullopt;
        });
    if (status) return status;
    if (o_.mode == O::None && o_.table) o_.mode = O::In;
    if (o_.mode == O::None) return fail("You must specify one of -oipt options.");
    if (auto wrong = meaningless()) return wrong;
    if (o_.mode == O::Pass) {
      if (words.empty()) return fail("Not enough arguments");
      if (words.size() > 1) return fail("Too many arguments");
      o_.directory = words[0];
    } else if (o_.mode == O::Out) {
      if (!words.empty()) return fail("Too many arguments");
      if (o_.format == CpioFormat::Unknown) o_.format = CpioFormat::Bin;
    } else {
      for (const auto& w : words) o_.patterns.push_back(w);
    }
    return std::nullopt;
  }

 private:
  int fail(const std::string& text) {
    const std::string name(p_.called());
    write_error(p_, name + ": " + text + "\nTry '" + name + " --help' or '" + name + " --usage' for more information.\n");
    return 2;
  }
  /// Options that say nothing about what is done, or two that say it twice.
  std::optional<int> meaningless() {
    const std::span<const Meaningless> list = o_.mode == O::In ? kNotIn : o_.mode == O::Out ? std::span<const Meaningless>(kNotOut) : kNotPass;
    const char* mode = o_.mode == O::In ? "extract" : o_.mode == O::Out ? "create" : "pass-through";
    auto first = [&](const Meaningless& m) { return seen_.count(m.option) > 0; };
    if (o_.mode == O::Pass && seen_.count('H')) return fail("Archive format is not specified in copy-pass mode (use --format option)");
    if (auto found = std::find_if(list.begin(), list.end(), first); found != list.end())
      return fail(std::string(found->name) + " is meaningless with --" + mode);
    if (o_.mode == O::Pass) {
      if (seen_.count('F')) return fail("-F can be used only with --create or --extract");
      return std::nullopt;
    }
    const bool out = o_.mode == O::Out;
    if (out && o_.append && o_.archive.empty()) return fail("--append is used but no archive file name is given (use -F or -O options)");
    if (seen_.count('F') && seen_.count(out ? 'O' : 'I'))
      return fail(out ? "Both -O and -F are used in copy-out mode" : "Both -I and -F are used in copy-in mode");
    return std::nullopt;
  }
  std::optional<int> mode(O::Mode m) {
    if (o_.mode != O::None && o_.mode != m) return fail("Mode already defined");
    o_.mode = m;
    return std::nullopt;
  }
  std::optional<int> option(int c, V v) {
    seen_.insert(c == 'c' ? 'H' : c);
    if (c == 'b') seen_.insert({'s', 'S'});
    if (c == kReproducible) seen_.insert({kRenumber, kIgnoreDevno});
    switch (c) {
      case 'o': return mode(O::Out);
      case 'i': return mode(O::In);
      case 'p': return mode(O::Pass);
      case 't': o_.table = true; break;
      case 'd': o_.make_directories = true; break;
      case 'u': o_.unconditional = true; break;
      case 'v': o_.verbose = true; break;
      case 'V': o_.dots = true; break;
      case 'm': o_.keep_mtime = true; break;
      case '0': o_.null = true; break;
      case 'a': o_.reset_atime = true; break;
      case 'A': o_.append = true; break;
      case 'B': o_.block = 5120; break;
      case 'c':
        if (o_.format != CpioFormat::Unknown) return fail("Archive format multiply defined");
        o_.format = CpioFormat::Odc;
        break;
      case 'C':
      case kBlockSize: {
        auto n = parse_int(*v);
        if (!n || *n < 1 || *n > 1 << 24) return fail("invalid block size");
        o_.block = static_cast<uint64_t>(*n) * (c == kBlockSize ? 512 : 1);
        break;
      }
      case 'F':
      case 'O':
      case 'I': o_.archive = std::string(*v); break;
      case 'H': return format(*v);
      case 'L': o_.dereference = true; break;
      case 'l': o_.link = true; break;
      case 'n': o_.numeric = true; break;
      case 'f': o_.nonmatching = true; break;
      case 'E': return pattern_file(std::string(*v));
      case 'R': return owner(*v);
      case 'D': {
        if (auto done = p_.chdir(*v); !done) {
          write_error(p_, std::string(p_.called()) + ": cannot change to directory `" + std::string(*v) + "': " + std::string(message(done.error())) + "\n");
          return 2;
        }
        break;
      }
      case 'b': o_.swap_bytes = o_.swap_halfwords = true; break;
      case 's': o_.swap_bytes = true; break;
      case 'S': o_.swap_halfwords = true; break;
      case 'r': o_.rename = true; break;
      case 'W':
        if (*v != "none" && *v != "truncate" && *v != "no-truncate" && *v != "all") return fail("Invalid value for --warning option: " + std::string(*v));
        o_.warn_truncate = *v == "truncate" || *v == "all";
        break;
      case kQuiet: o_.quiet = true; break;
      case kNoAbsolute: o_.absolute = false; break;
      case kAbsolute: o_.absolute = true; break;
      case kToStdout: o_.to_stdout = true; break;
      case kVerifyCrc: o_.verify_only = true; break;
      case kRenumber: o_.renumber = true; break;
      case kIgnoreDevno: o_.ignore_devno = true; break;
      case kReproducible: o_.renumber = o_.ignore_devno = true; break;
      case kHelp:
      case '?':
      case kUsage: {
        Output out(p_);
        out.write(usage_);
        return out.finish(0);
      }
      case kVersion: return print_version(p_);
      default: break;   // of tapes (-M), remote archives, and what is done anyway
    }
    return std::nullopt;
  }
  std::optional<int> format(std::string_view v) {
    static const struct {
      std::string_view name, upper;
      CpioFormat format;
    } known[] = {{"crc", "CRC", CpioFormat::Crc},     {"newc", "NEWC", CpioFormat::Newc},    {"odc", "ODC", CpioFormat::Odc},
                 {"bin", "BIN", CpioFormat::Bin},     {"ustar", "USTAR", CpioFormat::Ustar}, {"tar", "TAR", CpioFormat::Tar},
                 {"hpodc", "HPODC", CpioFormat::Odc}, {"hpbin", "HPBIN", CpioFormat::Bin}};
    if (o_.format != CpioFormat::Unknown) return fail("Archive format multiply defined");
    for (const auto& k : known) {
      if (v != k.name && v != k.upper) continue;
      o_.format = k.format;
      return std::nullopt;
    }
    return fail("invalid archive format `" + std::string(v) + "'; valid formats are:\ncrc newc odc bin ustar tar (all-caps also recognized)");
  }
  std::optional<int> pattern_file(const std::string& file) {
    auto text = read_file(p_, file);
    if (!text) {
      write_error(p_, std::string(p_.called()) + ": " + file + ": Cannot open: " + std::string(message(text.error())) + "\n");
      return 2;
    }
    std::string_view rest = *text;
    while (!rest.empty()) {
      size_t end = std::min(rest.find('\n'), rest.size());
      o_.patterns.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return std::nullopt;
  }
  std::optional<int> owner(std::string_view v) {
    Accounts accounts(p_);
    Owner owner;
    std::string text(v);
    if (text.find(':') == text.npos)
      if (size_t dot = text.find('.'); dot != text.npos) text[dot] = ':';
    std::string wrong = parse_owner(accounts, text, &owner);
    if (!wrong.empty()) return fail(std::string(v) + ": " + wrong);
    if (owner.uid) o_.uid = *owner.uid;
    if (owner.gid) o_.gid = *owner.gid;
    return std::nullopt;
  }

  Process& p_;
  std::string_view usage_;
  O& o_;
  std::set<int> seen_;
};

}  // namespace

std::optional<int> read_cpio_options(Process& p, std::string_view usage, CpioOptions& o) { return Reader(p, usage, o).run(); }

}  // namespace nacre
