package org.jacana.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary version of CIFAR-100: two files, {@code train.bin} of 50,000 and {@code test.bin} of
 * 10,000 images [32, 32, 3], each of one of 100 fine classes in 20 coarse ones.
 *
 * <p>Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
 */
public final class Cifar100 {
  /** The names of the 100 fine classes. */
  public static final List<String> FINE =
      List.of(
          ("apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy "
                  + "bridge bus butterfly camel can castle caterpillar cattle chair chimpanzee clock "
                  + "cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish "
                  + "forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion "
                  + "lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange "
                  + "orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine "
                  + "possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper "
                  + "snail snake spider squirrel streetcar sunflower sweet_pepper table tank "
                  + "telephone television tiger tractor train trout tulip turtle wardrobe whale "
                  + "willow_tree wolf woman worm")
              .split(" "));

  /** The names of the 20 coarse classes. */
  public static final List<String> COARSE =
      List.of(
          ("aquatic_mammals fish flowers food_containers fruit_and_vegetables "
                  + "household_electrical_devices household_furniture insects large_carnivores "
                  + "large_man-made_outdoor_things large_natural_outdoor_scenes "
                  + "large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people "
                  + "reptiles small_mammals trees vehicles_1 vehicles_2")
              .split(" "));

  private static final String SUBFOLDER = "cifar-100-binary";
  private static final List<String> FILES = List.of("train.bin", "test.bin");

  private Cifar100() {}

  /**
   * Reads the two files, in the folder or in its subfolder {@code cifar-100-binary}, with the fine
   * classes.
   *
   * @throws FileNotFoundException if files are missing, naming each of them
   * @throws FormatException if a file is damaged
   * @throws IOException if the system cannot read a file
   */
  public static ImageSplit folder(Path folder) throws IOException {
    return folder(folder, false, 50_000, 10_000);
  }

  /** As {@link #folder}, with the coarse classes. */
  public static ImageSplit coarse(Path folder) throws IOException {
    return folder(folder, true, 50_000, 10_000);
  }

  static ImageSplit folder(Path folder, boolean coarse, int train, int test) throws IOException {
    List<String> missing = missing(folder);
    if (!missing.isEmpty()) {
      throw new FileNotFoundException(
          "cifar100: "
              + folder
              + " lacks "
              + String.join(", ", missing)
              + "; unpack cifar-100-binary.tar.gz into it or name another folder");
    }
    Path home = home(folder);
    CifarRecords records = records(coarse);
    return new ImageSplit(
        records.read("cifar100 train", home, FILES.subList(0, 1), train),
        records.read("cifar100 test", home, FILES.subList(1, 2), test));
  }

  private static CifarRecords records(boolean coarse) {
    return new CifarRecords(coarse ? 0 : 1, List.of(COARSE, FINE));
  }

  static ImageData read(String name, InputStream in, long size, long limit) throws IOException {
    return records(false).read(name, in, size, limit);
  }

  /** The files that are neither in the folder nor in its subfolder. */
  static List<String> missing(Path folder) {
    Path home = home(folder);
    List<String> missing = new ArrayList<>(FILES);
    missing.removeIf(file -> Files.isRegularFile(home.resolve(file)));
    return missing;
  }

  private static Path home(Path folder) {
    Path inner = folder.resolve(SUBFOLDER);
    boolean direct = Files.isRegularFile(folder.resolve(FILES.get(1)));
    return !direct && Files.isDirectory(inner) ? inner : folder;
  }
}
