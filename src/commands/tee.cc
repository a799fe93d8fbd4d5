/// tee - read from standard input and write to standard output and files.
/// Source: GNU coreutils 9 manual, "tee invocation"; POSIX XCU tee.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: tee [OPTION]... [FILE]...\n"
    "Copy standard input to each FILE, and also to standard output.\n\n"
    "  -a, --append              append to the given FILEs, do not overwrite\n"
    "  -i, --ignore-interrupts   ignore interrupt signals\n"
    "  -p                        operate in a more appropriate MODE with pipes\n"
    "      --output-error[=MODE]  behavior on write error: warn, warn-nopipe, exit, exit-nopipe\n"
    "      --help                display this help and exit\n"
    "      --version             output version information and exit\n";

struct Options {
  bool append = false, ignore_interrupts = false;
  std::optional<std::string> mode;
};
constexpr Flag<Options> kFlags[] = {
    {'a', "append", &Options::append},
    {'i', "ignore-interrupts", &Options::ignore_interrupts},
    {'p', "", +[](Options& o) { o.mode = "warn-nopipe"; }},
    {0, "output-error", +[](Options& o, std::optional<std::string_view> v) { o.mode = std::string(v.value_or("warn-nopipe")); }},
};
constexpr Choice kModes[] = {{"warn", 1}, {"warn-nopipe", 2}, {"exit", 3}, {"exit-nopipe", 4}};

int tee_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  int mode = 0;
  if (o.mode) {
    auto m = choose(p, "--output-error", *o.mode, kModes);
    if (!m) return try_help(p);
    mode = *m;
  }
  if (o.ignore_interrupts) p.set_action(kSigINT, SignalAction::Ignore);
  if (mode) p.set_action(kSigPIPE, SignalAction::Ignore);
  struct Target {
    int fd;
    std::string name;
  };
  std::vector<Target> targets = {{1, "standard output"}};
  int status = 0;
  for (const auto& f : files) {
    auto fd = p.open(f, kOpenWrite | kOpenCreate | (o.append ? kOpenAppend : kOpenTruncate));
    if (fd) {
      targets.push_back({*fd, f});
      continue;
    }
    p.warn(fd.error(), "%s", quote_name(p, f).c_str());
    status = 1;
    if (mode >= 3) return 1;
  }
  Input in(p, 0, "-", false);
  for (std::string_view block = in.block(); !block.empty() && !targets.empty(); block = in.block()) {
    for (size_t i = 0; i < targets.size();) {
      auto done = p.write(targets[i].fd, block);
      if (done) {
        i++;
        continue;
      }
      bool pipe = done.error() == Errno::PIPE;
      if (!(pipe && (mode == 2 || mode == 4))) {
        p.warn(done.error(), "%s", quote_name(p, targets[i].name).c_str());
        status = 1;
        if (mode >= 3) return 1;
      }
      targets.erase(targets.begin() + static_cast<long>(i));
    }
    in.consume(block.size());
  }
  if (in.error() != Errno::OK) {
    p.warn(in.error(), "read error");
    status = 1;
  }
  return status;
}

}  // namespace

Command tee_command() { return {{"tee"}, kUsage, tee_main}; }

}  // namespace nacre
