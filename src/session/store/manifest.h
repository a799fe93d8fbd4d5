/// Manifest: what an exported session's archive says of itself, in its first member, manifest.json.
///
/// An archive is a tar (pax, zstd) of manifest.json and then a tree for each state of the session, oldest first:
/// base/ (its creation), snapshots/NAME/ and files/ (its present state). A tree holds what the session made or
/// changed, at its path in the sandbox, with the directories on the way up to the mount: what a mount's host has is not in it, nor
/// the programs of /usr/bin. A file that a tree shares with an earlier one is a hard link to it there.
/// Source: docs/internals/store.md, "Archives".
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nacre/error.h"
#include "nacre/session.h"
#include "vfs/inode.h"

namespace nacre {

/// A node as a session first saw it below a mount, to find out whether the host still has it so.
struct SeenNode {
  FileType type = FileType::Regular;
  Mode mode = 0;                     ///< permission bits
  std::string digest;                ///< SHA-256 of a file's bytes; "": they could not be read
  std::string target;                ///< of a symbolic link
  bool operator==(const SeenNode&) const = default;
};
/// Reads a file's content.
SeenNode seen_node(const Inode& n);

struct ManifestMount {
  int mount = 0;                     ///< as in Sandbox::Impl::kept; 0: the root
  int number = 0;                    ///< Layers::number(): another one than the parent's begins anew from the host
  /// Every path below the mount ("/": itself, where its permissions or owner do) that differs from what is under it, or that did in the parent state; what has
  /// no member in the tree is not there. Value: what the mount's host had.
  std::map<std::string, std::optional<SeenNode>> paths;
};

struct ManifestState {
  std::string tree;  ///< "base", "snapshots/NAME", "files"
  std::string parent;  ///< tree of an earlier state; "": none
  int64_t created_ms = 0;
  std::string cwd, shell;
  uint64_t members = 0;  ///< in the archive
  std::vector<ManifestMount> mounts;
};

struct Manifest {
  std::string name;
  int64_t created_ms = 0, used_ms = 0, ttl_ms = 0;
  std::string config;  ///< encode_config()
  std::vector<ManifestState> states;  ///< the last one is "files"
  std::vector<RunRecord> history;
};

constexpr int kArchiveVersion = 1;
constexpr std::string_view kManifestName = "manifest.json";

/// "/a/b": without empty parts, . and ..
bool is_plain_path(std::string_view path);

std::string write_manifest(const Manifest& m);
/// Code "archive": what is wrong. All of it is checked but the meaning of config and shell.
Expected<Manifest> read_manifest(std::string_view json);

}  // namespace nacre
