"""Every setting: type, default, limits, help. Data only; reading and writing files is console.show's."""
