/// What `help` knows besides builtins: keywords and compound commands, in our own words.
#pragma once
#include <span>

namespace nacre {

struct HelpTopic {
  const char* name;       ///< "for ((", "{ ... }"
  const char* synopsis;
  const char* help;       ///< lines without indentation; the first says what it is
};

std::span<const HelpTopic> keyword_topics();

}  // namespace nacre
