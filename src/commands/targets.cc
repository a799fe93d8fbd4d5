#include "commands/targets.h"

#include "commands/args.h"
#include "commands/paths.h"
#include "commands/quoting.h"

namespace nacre {

std::optional<int> set_target_directory(Process& p, TargetOptions& o, std::string_view directory) {
  if (o.directory) {
    p.warn("multiple target directories specified");
    return 1;
  }
  o.directory = std::string(directory);
  return std::nullopt;
}

std::optional<Targets> resolve_targets(Process& p, const TargetOptions& o, std::vector<std::string> operands, bool follow_target) {
  size_t least = o.directory ? 1 : 2;
  if (operands.empty()) {
    p.warn("missing file operand");
    try_help(p);
    return std::nullopt;
  }
  if (o.directory && o.no_directory) {
    p.warn(p.name() == "ln" ? "cannot combine --target-directory and --no-target-directory"
                            : "cannot combine --target-directory (-t) and --no-target-directory (-T)");
    return std::nullopt;
  }
  if (operands.size() < least) {
    p.warn("missing destination file operand after %s", quote_file(p, operands.back()).c_str());
    try_help(p);
    return std::nullopt;
  }
  if (o.no_directory) {
    if (operands.size() > 2) {
      p.warn("extra operand %s", quote_file(p, operands[2]).c_str());
      try_help(p);
      return std::nullopt;
    }
    return Targets{{{operands[0], operands[1]}}, {}};
  }
  std::string dir;
  if (o.directory) {
    dir = *o.directory;
    auto st = p.stat(dir);
    if (!st || !st->is_dir()) {
      p.warn(st ? Errno::NOTDIR : st.error(), p.name() == "ln" ? "failed to access %s" : "target directory %s", quote_file(p, dir).c_str());
      return std::nullopt;
    }
  } else {
    auto st = follow_target ? p.stat(operands.back()) : p.lstat(operands.back());
    if (st && st->is_dir()) {
      dir = operands.back();
      operands.pop_back();
    } else if (operands.size() > 2) {
      p.warn(st ? Errno::NOTDIR : st.error(), "target %s", quote_file(p, operands.back()).c_str());
      return std::nullopt;
    } else {
      return Targets{{{operands[0], operands[1]}}, {}};
    }
  }
  Targets out{{}, dir};
  for (const auto& from : operands) {
    std::string_view base = base_name(from);
    // `cp -r .. dir` copies into dir itself.
    out.pairs.push_back({from, base == ".." && p.name() == "cp" ? dir : join_path(dir, base)});
  }
  return out;
}

}  // namespace nacre
