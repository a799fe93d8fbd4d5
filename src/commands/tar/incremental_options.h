/// incremental_options: what does not go together with -g and -G.
#pragma once
#include "commands/tar/options.h"

namespace nacre {

/// Why the options for incremental dumps cannot be kept; nullopt: they can. `dirs`: how many -C were given.
inline std::optional<std::string> incremental_conflict(const TarOptions& o, int dirs) {
  if (!o.incremental) return std::nullopt;
  if (o.snapshot && o.create.newer) return "'--listed-incremental' cannot be used with '--newer'";
  if (o.snapshot && dirs > 1) return "Only one -C option is allowed with --listed-incremental";
  const bool creates = o.operation == TarOperation::Create;
  if (creates && (o.create.format == TarFormat::Ustar || o.create.format == TarFormat::V7)) return "GNU features wanted on incompatible archive format";
  // GNU tar appends files without their directories then, which nothing can be restored from.
  if (o.operation == TarOperation::Append || o.operation == TarOperation::Update) return "incremental dumps are made with '-c' alone";
  return std::nullopt;
}

constexpr char kSnapshotFieldRanges[] =
    "This tar's snapshot file field ranges are\n"
    "   (field name      => [ min, max ]):\n\n"
    "    nfs             => [ 0, 1 ],\n"
    "    timestamp_sec   => [ -9223372036854775808, 9223372036854775807 ],\n"
    "    timestamp_nsec  => [ 0, 999999999 ],\n"
    "    dev             => [ 0, 18446744073709551615 ],\n"
    "    ino             => [ 0, 18446744073709551615 ],\n\n";

}  // namespace nacre
