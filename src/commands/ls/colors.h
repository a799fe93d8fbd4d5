/// Colors: which escape sequences surround which names.
/// Source: GNU coreutils 9.1 manual, "General output formatting" (--color) and "dircolors invocation".
#pragma once
#include <array>
#include <string>
#include <vector>

#include "kernel/process.h"

namespace nacre::ls {

class Colors {
 public:
  /// The parts of $LS_COLORS, in the order of kKeys.
  enum Part : uint8_t {
    Left,
    Right,
    End,
    Reset,
    Normal,
    File,
    Dir,
    Link,
    Fifo,
    Sock,
    Block,
    Char,
    Missing,
    Orphan,
    Exec,
    Door,
    SetUid,
    SetGid,
    Sticky,
    OtherWritable,
    StickyOtherWritable,
    Capability,
    HardLinks,
    ClearLine,
    kParts
  };

  /// Built-in colors with those of $LS_COLORS over them. False: no colors after all, since $LS_COLORS is wrong
  /// (which was said), or is not there and the terminal has none.
  bool read(Process& p);
  /// A part that says something ("" and "0" do not).
  bool shows(Part part) const;
  const std::string& operator[](Part part) const { return parts_[part]; }
  /// Symbolic links have the color of what they point to (ln=target).
  bool like_target() const { return parts_[Link] == "target"; }

  /// What a color depends on.
  struct Subject {
    std::string_view name;
    FileType type;
    Mode mode;           ///< permissions; meaningless if !known
    bool known;          ///< stat() has answered
    bool many_links;     ///< of a regular file
    enum : uint8_t { Broken, Works, NotThere } link;   ///< of a symbolic link; NotThere: a target that does not exist
  };
  /// The sequence without Left and Right; null: none.
  const std::string* color(const Subject& s) const;

 private:
  bool parse(Process& p, std::string_view text);
  Part part_of(const Subject& s) const;

  std::array<std::string, kParts> parts_;
  std::array<bool, kParts> set_{};
  struct Extension {
    std::string suffix, color;
  };
  std::vector<Extension> extensions_;   ///< later ones count more
};

}  // namespace nacre::ls
