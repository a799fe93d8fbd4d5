#include "commands/gzip/options.h"

#include "commands/option_reader.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

using O = GzipOptions;

constexpr OptionSpec kSpecs[] = {
    {'a', "ascii", ArgKind::None},      {'c', "to-stdout", ArgKind::None},  {'c', "stdout", ArgKind::None},
    {'d', "decompress", ArgKind::None}, {'d', "uncompress", ArgKind::None}, {'f', "force", ArgKind::None},
    {'h', "help", ArgKind::None},       {'k', "keep", ArgKind::None},       {'l', "list", ArgKind::None},
    {'L', "license", ArgKind::None},    {'n', "no-name", ArgKind::None},    {'N', "name", ArgKind::None},
    {'m', "", ArgKind::None},           {'M', "", ArgKind::None},           {'q', "quiet", ArgKind::None},
    {'q', "silent", ArgKind::None},     {'r', "recursive", ArgKind::None},  {'s', "synchronous", ArgKind::None},
    {'t', "test", ArgKind::None},       {'v', "verbose", ArgKind::None},    {'V', "version", ArgKind::None},
    {'1', "fast", ArgKind::None},       {'9', "best", ArgKind::None},       {'2', "", ArgKind::None},
    {'3', "", ArgKind::None},           {'4', "", ArgKind::None},           {'5', "", ArgKind::None},
    {'6', "", ArgKind::None},           {'7', "", ArgKind::None},           {'8', "", ArgKind::None},
    {'R', "rsyncable", ArgKind::None},  {'S', "suffix", ArgKind::Required}, {'Z', "lzw", ArgKind::None},
    {'H', "", ArgKind::None},           {'b', "bits", ArgKind::Required},
};

constexpr char kTry[] = "Try `gzip --help' for more information.\n";
constexpr char kLicense[] = "gzip (nacre): a part of nacre, under its license.\n";

int print(Process& p, std::string_view text) {
  Output out(p);
  out.write(text);
  return out.finish(0);
}

std::optional<int> apply_option(Process& p, std::string_view usage, O& o, int c, std::optional<std::string_view> value) {
  switch (c) {
    case 'a': o.ascii = true; break;
    case 'c': o.to_stdout = true; break;
    case 'd': o.decompress = true; break;
    case 'f': o.force = true; break;
    case 'h':
    case 'H': return print(p, usage);
    case 'k': o.keep = true; break;
    case 'l': o.list = o.decompress = o.to_stdout = true; break;
    case 'L': return print(p, kLicense);
    case 'n': o.no_name = true; break;
    case 'N': o.no_name = false; break;
    case 'q':
      o.quiet = true;
      o.verbose = false;
      break;
    case 'r': o.recursive = true; break;
    case 'R': o.rsyncable = true; break;
    case 'S': o.suffix = std::string(*value); break;
    case 't': o.test = o.decompress = o.to_stdout = true; break;
    case 'v':
      o.verbose = true;
      o.quiet = false;
      break;
    case 'V': return print_version(p);
    case 'Z': write_error(p, std::string("gzip: -Z not supported in this version\n") + kTry); return 1;
    default:
      if (c >= '1' && c <= '9') o.level = c - '0';   // -m -M -b and -s: accepted, as there
  }
  return std::nullopt;
}

// $GZIP: options before those of the command line; only those that change no meaning.
std::optional<int> environment_argv(Process& p, std::vector<std::string>& argv) {
  const char* text = p.getenv("GZIP");
  if (!text || !*text) return std::nullopt;
  std::string_view rest = text;
  size_t at = 1;
  while (true) {
    size_t from = rest.find_first_not_of(" \t");
    if (from == rest.npos) break;
    rest.remove_prefix(from);
    size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    argv.insert(argv.begin() + static_cast<long>(at++), std::string(rest.substr(0, end)));
    rest.remove_prefix(end);
  }
  if (at == 1) return std::nullopt;
  for (size_t i = 1; i < at; i++) {
    const std::string& word = argv[i];
    bool ok = word == "--rsyncable" || word == "--synchronous" || word == "--fast" || word == "--best" || word == "--quiet" || word == "--verbose" ||
              word == "--no-name" || word == "--name" || word == "--silent";
    if (!ok && word.size() > 1 && word[0] == '-' && word[1] != '-') ok = word.find_first_not_of("123456789nNqvmM", 1) == word.npos;
    if (ok) continue;
    std::string shown =
        word.size() > 2 && word[0] == '-' && word[1] != '-' ? "-" + word.substr(1 + word.substr(1).find_first_not_of("123456789nNqvmM"), 1) : word;
    write_error(p, "gzip: " + shown + (word[0] == '-' ? ": option not valid" : ": non-option") + " in GZIP environment variable\n" + kTry);
    return 1;
  }
  write_error(p, "gzip: warning: GZIP environment variable is deprecated; use an alias or script\n");
  return std::nullopt;
}

}  // namespace

std::optional<int> read_gzip_options(Process& p, std::string_view usage, GzipOptions& o, std::vector<std::string>& files) {
  std::vector<std::string> argv = p.argv();
  if (auto status = environment_argv(p, argv)) return *status;
  OptionReader reader{p, p.name() == "gzip" ? p.argv()[0] : "gzip", kTry, 1, kSpecs};
  auto on_option = [&](size_t k, std::optional<std::string_view> v) { return apply_option(p, usage, o, kSpecs[k].short_name, v); };
  auto status = reader.read(argv, on_option, [&](std::string_view file) -> std::optional<int> {
    files.emplace_back(file);
    return std::nullopt;
  });
  if (status) return status;
  if (o.ascii && !o.quiet) write_error(p, "gzip: option --ascii ignored on this system\n");
  if (p.name() == "gunzip") o.decompress = true;
  if (p.name() == "zcat") o.decompress = o.to_stdout = true;
  if (o.suffix.empty() || o.suffix.size() > 30) {
    write_error(p, "gzip: invalid suffix '" + o.suffix + "'\n");
    return 1;
  }
  return std::nullopt;
}

}  // namespace nacre
